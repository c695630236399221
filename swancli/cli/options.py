"""The options that commands share, each defined once: `Options` holds their names, types and defaults.

Annotations are evaluated here, not kept as text: Typer reads them.
"""

from typing import Annotated, NamedTuple

import typer

Logdir = Annotated[
    str | None,
    typer.Option("-l", "--logdir", metavar="DIR", help="The logdir to read. [default: $SWANLAB_LOG_DIR, ./swanlog, .]"),
]
Url = Annotated[
    str | None,
    typer.Option("-u", "--url", metavar="URL", help="The dashboard to read instead. [default: $SWANCLI_URL]"),
]
Timeout = Annotated[
    float | None,
    typer.Option("--timeout", metavar="SECONDS", help="How long to wait for a dashboard. [default: 30]"),
]
TokenFile = Annotated[
    str | None,
    typer.Option("--token-file", metavar="FILE", help="A file with the dashboard's token. [default: $SWANCLI_TOKEN]"),
]
CaFile = Annotated[
    str | None,
    typer.Option("--ca-file", metavar="FILE", help="Certificates to trust, of a private authority."),
]
Json = Annotated[bool, typer.Option("--json", help="The API's response, byte for byte; short for -o json.")]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="One JSON object a line; short for -o jsonl.")]
Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FORMAT",
        help="table, tsv, csv, json, jsonl or md. [default: table; tsv in a pipe]",
    ),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours.")]
NoPager = Annotated[bool, typer.Option("--no-pager", help="Never start a pager.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Watch = Annotated[
    bool,
    typer.Option("-w", "--watch", help="Show it again and again, in place; q ends it. -w 5: every 5 seconds."),
]
Interval = Annotated[
    float,
    typer.Option("-i", "--interval", metavar="SECONDS", help="How often --watch and --follow look.", show_default=True),
]
UntilFinished = Annotated[
    bool,
    typer.Option("--until-finished", help="With --watch: end when the run does, with exit code 5 if it failed."),
]
Experiment = Annotated[
    str | None,
    typer.Argument(
        metavar="[EXP]",
        show_default=False,
        help="An id, a name, a run id or its beginning, or latest; not needed where there is one experiment.",
    ),
]


class Options(NamedTuple):
    """The shared options of one command line; a command takes those of the groups below that it is given."""

    json: Json = False
    jsonl: Jsonl = False
    output: Output = None
    watch: Watch = False
    interval: Interval = 2.0
    until_finished: UntilFinished = False
    logdir: Logdir = None
    url: Url = None
    timeout: Timeout = None
    token_file: TokenFile = None
    ca_file: CaFile = None
    no_color: NoColor = False
    no_pager: NoPager = False
    debug: Debug = False


FORMAT = ("json", "jsonl", "output")
WATCH = ("watch", "interval", "until_finished")
WHERE = ("logdir", "url", "timeout", "token_file", "ca_file")
SERVED = ("logdir", "url", "timeout", "ca_file")  # `serve --token-file` is another one: what clients must send
SCREEN = ("no_color", "no_pager", "debug")
