"""What the full-screen view reads from a Source, piece by piece."""
