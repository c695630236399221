"""How runs lie on disk: formats, never endpoints."""
