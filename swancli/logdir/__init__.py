"""How runs are stored on disk; knows formats, not endpoints."""
