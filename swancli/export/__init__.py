"""What is written for others to read: imported by its command only."""
