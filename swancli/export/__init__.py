"""`swancli export`: runs as a Parquet data set, CSV or JSON lines, or a database of SQLite or DuckDB."""
