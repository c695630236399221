"""What the manual says beside the options: written by hand, keyed by command or topic."""

from __future__ import annotations

from typing import NamedTuple

from swancli.errors import EXIT_CODES
from swancli.manual.block import Block, Lines, Terms, Text

BRIEF = "read SwanLab experiments from a logdir or a running dashboard"

ABOUT = (
    "swancli reads what SwanLab recorded in local or offline mode: from a logdir (`swanlog/`), or from the"
    " URL of a dashboard that serves one. Each command mirrors an endpoint of SwanLab's offline dashboard."
    " On a terminal it prints tables and plots; in a pipe TSV with a header, never truncated; with `--json`"
    " the API's response, byte for byte. Nothing in a logdir is ever written or locked."
)

# Further paragraphs of a command's description.
MORE: dict[str, list[Block]] = {
    "": [
        Text(
            "Which data: `-l` or `-u`, in front of the command or behind it; else `SWANCLI_URL`; else"
            " `SWANLAB_LOG_DIR`; else `./swanlog`; else the working folder, if it is a logdir. A folder one"
            " level too high or too low is put right, with a note on stderr."
        ),
        Text(
            "Which experiment: its id, its name, its run id or the beginning of that, or `latest`. Digits"
            " are always an id. A logdir with one experiment needs none."
        ),
        Text(
            "Data goes to stdout; notes, warnings and errors go to stderr. A value that the source does not"
            " tell is shown as an en dash on a terminal and is empty in TSV and CSV."
        ),
    ],
    "project": [
        Text(
            "The state of a run is what its files tell, which the database doesn't always know: `running`,"
            " `finished`, `crashed`, `stopped`, or `stale` for a run that is marked running and has not"
            " written for a quarter of an hour. `--json` gives the database's number."
        )
    ],
    "metric": [
        Text(
            "A dashboard draws 1499 points of a longer series, and so does `--json`, unless `--all` is"
            " given. TSV, CSV and JSON lines hold every point of a logdir; from a URL they hold what the"
            " API gives, with a note on stderr if that is a sample. Values that are not finite are the"
            " strings NaN, INF and -INF."
        ),
        Text(
            "Several metrics or experiments are drawn over each other; in CSV, TSV and Markdown they become"
            " one table, joined on the step. With `--json` each is one envelope on a line of its own, its"
            " name in front as"
            ' `"tag"`.'
        ),
    ],
    "serve": [
        Text(
            "The answers are those of the commands' `--json`, computed from the files at each request and"
            " kept until these change. Needs the extra: pip install 'swancli[serve]'."
        ),
        Text(
            "On a loopback address the Host header must name this machine. Any other address needs a token,"
            " sent as `Authorization: Bearer TOKEN`, or `--no-auth`."
        ),
    ],
    "completion": [
        Text(
            "The package's data files put the scripts where bash-completion, zsh and fish look, if it was installed"
            " below /usr/local; bash-completion and fish look below ~/.local too. For every other environment, such as"
            " a virtual one, load the script in the shell's start-up file."
        )
    ],
}

# Sections that stand behind the options.
AFTER: dict[str, list[tuple[str, list[Block]]]] = {
    "project": [
        (
            "RUNS WITHOUT A ROW",
            [
                Text(
                    "Runs of offline mode have no row in the database. They are listed below the others as"
                    " on disk only, and answer to their run id or name. A logdir without a database numbers"
                    " them by their start. See `swancli help formats`."
                )
            ],
        )
    ],
}

NEAR: dict[str, tuple[str, ...]] = {
    "project": ("experiment", "status"),
    "experiment": ("project", "status"),
    "charts": ("metric", "summary"),
    "metric": ("summary", "charts"),
    "logs": ("status",),
    "status": ("project", "logs"),
    "summary": ("metric", "project"),
    "serve": ("project",),
}

FILES: list[Block] = [
    Terms(
        [
            ("runs.swanlab", "The SQLite database of a logdir: project, experiments, metrics, charts."),
            ("run-DATE_TIME-ID/", "One run. Its folder's name is the run id."),
            ("run-…/logs/N/*.log", "The points of a metric, one JSON object a line."),
            ("run-…/console/", "What the training printed, a file a day; error.log holds a crash."),
            ("run-…/files/", "config.yaml, swanlab-metadata.json, requirements.txt."),
            ("run-…/*.swanlab", "The records of a run: all there is of one in offline mode."),
        ]
    )
]

ENVIRONMENT: list[tuple[str, str]] = [
    ("SWANCLI_URL", "The dashboard to read, where neither -l nor -u says otherwise."),
    ("SWANLAB_LOG_DIR", "The logdir to read, as SwanLab itself knows it."),
    ("SWANCLI_TOKEN", "The token of a dashboard, sent as a bearer token; for `serve`, the one to ask for."),
    (
        "SWANCLI_PAGER, PAGER",
        "The pager for long output on a terminal; `less -FIRX` without; empty or cat for none.",
    ),
    ("NO_COLOR, FORCE_COLOR", "No colours at all; colours in a pipe too."),
    ("COLUMNS, LINES, TERM", "The terminal's size and kind; TERM=dumb gets plain text."),
    ("HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "Proxies for a dashboard that is not on this machine."),
    ("TMPDIR", "Where a database with a write-ahead log is copied to for reading."),
]


def exit_status(reads: bool) -> list[Block]:
    """The exit codes; of a command that reads no data only those it can have."""
    pairs = [(str(code), meaning[0].upper() + meaning[1:] + ".") for code, meaning in EXIT_CODES]
    if not reads:
        pairs = [pair for pair in pairs if pair[0] in ("0", "2", "130")]
    return [Terms(pairs)]


class Topic(NamedTuple):
    """A page that is no command's."""

    brief: str
    sections: list[tuple[str, list[Block]]]
    see_also: str


TOPICS: dict[str, Topic] = {
    "exit-codes": Topic(
        "exit codes of swancli",
        [
            ("DESCRIPTION", [*exit_status(reads=True)]),
            (
                "NOTES",
                [
                    Text(
                        "With `--json` an error also prints the API's envelope on stdout, such as"
                        ' {"code":3404,"message":"tag not found"}, so that a program can read `.code`.'
                    ),
                    Text(
                        "`--until-finished` makes the end of a run the exit code: 0 if it finished, 5 if it"
                        " crashed or was stopped."
                    ),
                    Text("`--debug` adds the traceback of an error. A warning never changes the exit code."),
                ],
            ),
            (
                "EXAMPLES",
                [
                    Lines(
                        [
                            "swancli status latest -w --until-finished && echo done",
                            "swancli metric 1 train/loss --json >/dev/null || echo 'no such metric'",
                        ]
                    )
                ],
            ),
        ],
        "swancli(1), swancli-status(1), swancli-formats(7)",
    ),
    "formats": Topic(
        "output formats of swancli, and the logdirs it reads",
        [
            (
                "OUTPUT",
                [
                    Terms(
                        [
                            (
                                "table",
                                "For people: aligned, coloured, as wide as the terminal; columns that do"
                                " not fit are left out. The default on a terminal.",
                            ),
                            (
                                "tsv",
                                "Tab-separated with a header, full precision, ISO times, nothing cut. The"
                                " default in a pipe. A cell with a tab, a quote or a line end is quoted.",
                            ),
                            ("csv", "The same with commas."),
                            (
                                "json",
                                "The API's response, byte for byte, and a newline; indented and coloured on a"
                                " terminal.",
                            ),
                            ("jsonl", "One strict JSON object for each row."),
                            ("md", "A Markdown table."),
                        ]
                    )
                ],
            ),
            (
                "LOGDIRS",
                [
                    Terms(
                        [
                            ("0.1.5 to 0.10, local mode", "runs.swanlab and the runs' folders."),
                            (
                                "0.6.2 to 0.7, offline mode",
                                "backup.swanlab in each run's folder: JSON records.",
                            ),
                            (
                                "0.8 and later, offline mode",
                                "run-ID.swanlab in each run's folder: protobuf records.",
                            ),
                        ]
                    ),
                    Text(
                        "A run that is being written can be read, and is never disturbed. What is damaged"
                        " is skipped with a warning on stderr, and the rest is answered."
                    ),
                ],
            ),
        ],
        "swancli(1), swancli-metric(1), swancli-exit-codes(7)",
    ),
}
