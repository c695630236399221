"""What keys and the mouse do: they change the View, or ask the source something. Knows no terminal."""
