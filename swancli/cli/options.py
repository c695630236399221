"""The options that commands share, each defined once: `Options` holds their names, types and defaults.

Annotations are evaluated here, not kept as text: Typer reads them.
"""

from typing import Annotated, NamedTuple

import typer

Logdir = Annotated[
    list[str] | None,
    typer.Option(
        "-l",
        "--logdir",
        metavar="DIR",
        help="Logdir to read; HOST:DIR for one on another machine, over SSH; s3://BUCKET/DIR for one in a bucket."
        " Repeatable. [default: $SWANLAB_LOG_DIR, ./swanlog, .]",
    ),
]
Url = Annotated[
    list[str] | None,
    typer.Option(
        "-u",
        "--url",
        metavar="URL",
        help="URL of the dashboard to read instead of a logdir. Repeatable. [default: $SWANCLI_URL]",
    ),
]
SourceName = Annotated[
    list[str] | None,
    typer.Option(
        "-s",
        "--source",
        metavar="SOURCE",
        help="Source in the configuration file to read, or all. Repeatable.",
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        metavar="SECONDS",
        help="Maximum time for a complete response from the dashboard. A response that is still arriving may take"
        " longer, as long as more than 1 KiB per second arrives on average in each period of SECONDS. [default: 30]",
    ),
]
TokenFile = Annotated[
    str | None,
    typer.Option(
        "--token-file", metavar="FILE", help="File with the bearer token for the dashboard. [default: $SWANCLI_TOKEN]"
    ),
]
CaFile = Annotated[
    str | None,
    typer.Option("--ca-file", metavar="FILE", help="CA bundle (PEM) to verify the server with."),
]
RemoteCommand = Annotated[
    str | None,
    typer.Option(
        "--remote-command",
        metavar="COMMAND",
        help="Command that starts swancli on another machine, over SSH. [default: swancli]",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the API's response, byte for byte; same as -o json.")]
Jsonl = Annotated[bool, typer.Option("--jsonl", help="Print one JSON object per line; same as -o jsonl.")]
Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FORMAT",
        help="Output format: table, tsv, csv, json, jsonl or md. [default: table; tsv in a pipe]",
    ),
]
NoColor = Annotated[bool, typer.Option("--no-color", help="Disable colours.")]
NoPager = Annotated[bool, typer.Option("--no-pager", help="Do not use a pager.")]
Debug = Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")]
Watch = Annotated[
    bool,
    typer.Option(
        "-w",
        "--watch",
        help="Refresh in place; press q to quit, j, k, PgUp, PgDn, g or G to scroll. -w 5 refreshes every 5 seconds.",
    ),
]
Interval = Annotated[
    float,
    typer.Option(
        "-i", "--interval", metavar="SECONDS", help="Time between updates of --watch and --follow.", show_default=True
    ),
]
UntilFinished = Annotated[
    bool,
    typer.Option(
        "--until-finished",
        help="With --watch or --follow, exit when the run ends or is stale; exit code 5 unless it finished.",
    ),
]
Filter = Annotated[
    list[str] | None,
    typer.Option(
        "-F",
        "--filter",
        metavar="CONDITION",
        help="Only runs that meet a condition, such as 'config.lr < 1e-3'. Can be repeated: all must hold."
        " See swancli help columns.",
    ),
]
BestOf = Annotated[
    tuple[int, str] | None,
    typer.Option(
        "--best",
        metavar="N COLUMN",
        help="Only the N best runs by a column, such as 3 'min(val/loss)': the lowest for a loss, the highest for an"
        " accuracy.",
    ),
]
Experiment = Annotated[
    str | None,
    typer.Argument(
        metavar="[EXP]",
        show_default=False,
        help="Experiment: an id, a name, a run id or a prefix of it, or latest. Optional if there is only one.",
    ),
]
Experiments = Annotated[
    str | None,
    typer.Argument(
        metavar="[EXPS]",
        show_default=False,
        help="Experiments: ids (1,3 or 1-3), names or globs of names, run ids, latest, latest~1, @running or another"
        " state, all. Optional if there is only one.",
    ),
]

SeveralExperiments = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[EXPS]...",
        show_default=False,
        help="Experiments: ids (1,3 or 1-3), names or globs of names, run ids, latest, latest~1, @running or another"
        " state, all; separated by commas or spaces.",
    ),
]


class Options(NamedTuple):
    """The shared options of one command line; a command takes those of the groups below that it is given."""

    json: Json = False
    jsonl: Jsonl = False
    output: Output = None
    filter: Filter = None
    best_of: BestOf = None
    watch: Watch = False
    interval: Interval = 2.0
    until_finished: UntilFinished = False
    logdir: Logdir = None
    url: Url = None
    source: SourceName = None
    timeout: Timeout = None
    token_file: TokenFile = None
    ca_file: CaFile = None
    remote_command: RemoteCommand = None
    no_color: NoColor = False
    no_pager: NoPager = False
    debug: Debug = False


FORMAT = ("json", "jsonl", "output")
ROWS = ("jsonl", "output")  # of a command that is no endpoint
SELECT = ("filter", "best_of")
WATCH = ("watch", "interval", "until_finished")
WHERE = ("logdir", "url", "source", "timeout", "token_file", "ca_file", "remote_command")
# `serve --token-file` is a different option: the token that clients must send
SERVED = ("logdir", "url", "source", "timeout", "ca_file", "remote_command")
# `wait --timeout` is a different option: how long it waits
WAITED = ("logdir", "url", "source", "token_file", "ca_file", "remote_command")
SCREEN = ("no_color", "no_pager", "debug")
