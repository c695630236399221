"""Local mode: runs.swanlab, and for each run a folder of slices, console and side files."""
