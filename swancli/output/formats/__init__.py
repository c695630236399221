"""One module a format: Tables in, text out."""
