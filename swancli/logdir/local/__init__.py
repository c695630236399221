"""Local mode: runs.swanlab, and a folder of slices, console and side files a run."""
