"""What tables show beyond the answers of the API: one file a command, as the endpoints have."""
