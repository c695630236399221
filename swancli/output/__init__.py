"""From details to the screen: tables, plots and formats. The only part that writes to stdout.

`stdout.detect()` examines stdout, the functions of `views` turn details into Tables, and `show.show_tables`,
`show.show_lines` and `formats.json.show` print them. Text from a logdir is only data: it is escaped when it becomes
a line on the screen (`text.styled.paint`), and never interpreted.
"""

FORMATS = ("table", "tsv", "csv", "json", "jsonl", "md")
