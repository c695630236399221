"""One module a command: its facts in, Tables (or lines) out. Views know what is worth showing, not how."""
