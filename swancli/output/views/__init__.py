"""One module per command: its details in, Tables (or lines) out. Views know what is worth showing, not how."""
