"""From details to the screen: tables, plots and formats. The only part that writes to stdout.

`stdout.detect()` examines stdout, the functions of `views` make Tables of details, and `show.show_tables`,
`show.show_lines` and `formats.json.show` print them. Text from a logdir is only data: it is escaped where it becomes
a line of the screen (`text.styled.paint`), and interpreted nowhere.
"""

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")
