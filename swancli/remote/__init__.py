"""A dashboard's URL as a Source: imported only when there is a URL."""
