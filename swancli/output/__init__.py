"""From details to the screen: tables, plots and formats; the only part that writes to stdout.

`stdout.detect()` says what stdout is, the functions of `views` make Tables out of details, and `show_tables`,
`show_lines` of `show` and `show` of `json` print them. Text from a logdir is data all the way: it is escaped where
it becomes a screen line (`styled.paint`) and nowhere interpreted.
"""

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")
