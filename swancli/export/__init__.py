"""What is written for others to read: `swancli export` and `swancli report`."""
