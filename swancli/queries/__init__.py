"""Questions over runs: which are meant. Knows a Source, no terminal and no files."""
