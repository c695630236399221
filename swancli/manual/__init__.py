"""From the command tree to manual pages, completion scripts and docs/commands.md.

Nothing here reads data, and no command that does imports it: it serves `help TOPIC`, `completion SHELL` and
scripts/make_docs.py, which writes man/, completions/ and docs/commands.md.
"""
