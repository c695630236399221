"""What the full-screen view reads of a Source, little by little."""
