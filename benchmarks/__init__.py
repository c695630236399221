"""What the commands cost beside the real swanboard: `make bench`, or `python -m benchmarks --help`."""
