"""Text for people: escaping, numbers, times, width, styles."""
