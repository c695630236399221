"""`swancli sql`: DuckDB over the runs of a source, which are read as the query asks for them."""
