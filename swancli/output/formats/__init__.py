"""One module per format: Tables in, text out."""
