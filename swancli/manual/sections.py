"""The hand-written parts of the manual, by command or topic; the options come from the command tree."""

from __future__ import annotations

from swancli.errors import EXIT_CODES
from swancli.manual.block import Block, Lines, Terms, Text, Topic
from swancli.manual.columns import COLUMNS
from swancli.manual.object_storage import OBJECT_STORAGE

BRIEF = "read SwanLab experiments from a logdir or a running dashboard"

ABOUT = (
    "swancli reads what SwanLab recorded in local or offline mode, either from a logdir (`swanlog/`) or from the URL"
    " of a running dashboard. Each command mirrors an endpoint of SwanLab's offline dashboard. On a terminal it prints"
    " tables and plots. In a pipe it prints TSV with a header, never truncated. With `--json` it prints the API's"
    " response, byte for byte. swancli never writes to a logdir and never locks it."
)

LIVE = Text(
    "With `--watch` or `--follow`, swancli waits for a logdir, an experiment or a metric that does not exist yet,"
    " with a note on stderr. `--until-finished` ends the wait for a metric when the run ends. A dashboard must"
    " already be running."
)

# Further paragraphs of a command's description.
MORE: dict[str, list[Block]] = {
    "": [
        Text(
            "The data is chosen in this order: `-l`, `-u` or `-s`, before or after the command; `SWANCLI_URL`;"
            " `SWANLAB_LOG_DIR`; `./swanlog`; the working directory, if it is a logdir. If the path is one level above"
            " or below a logdir, that logdir is used, with a note on stderr."
        ),
        Text(
            "`-l HOST:DIR` reads a logdir on another machine over SSH, written as for scp; `-u ssh://HOST:PORT/DIR`"
            " is the same with a port. swancli must be installed there. swancli starts `ssh HOST swancli serve"
            " --stdio`, so the keys, agents and jump hosts of ~/.ssh/config are used. A relative DIR is relative to"
            " the home directory. An existing local folder whose name has a colon is read as a folder."
        ),
        Text(
            "`-l s3://BUCKET/FOLDER` reads a logdir in object storage; gs:// is Google Cloud Storage, az:// Azure Blob"
            " Storage. Credentials come from the usual environment variables: see `swancli help object-storage`."
        ),
        Text(
            "`-l`, `-u` and `-s` can be repeated and combined, and `-l 'runs/*/swanlog'` names every folder that"
            " matches. `project` then lists all runs in one table with a column `source`. A run is given as"
            " SOURCE:EXP, or without SOURCE if that is unambiguous. A source that does not respond causes a warning;"
            " the exit code is 4 if none responds. With `--json`, `project` prints one response per line, with"
            ' `"source"` in front.'
        ),
        Text(
            "An experiment is given by its id, its name, its run id or a prefix of it, or `latest`. A number is"
            " always an id. The argument is optional if the logdir has only one experiment. Several are given as"
            " `1,3`, `1-3`, a glob of names, `@running` or another state, or `all`, and narrowed down with `-F"
            " CONDITION` and `--best N COLUMN`: see `swancli help columns`."
        ),
        Text(
            "Data goes to stdout; notes, warnings and errors go to stderr. An unknown value is shown as an en dash on a"
            " terminal and is empty in TSV and CSV."
        ),
    ],
    "project": [
        Text(
            "The database does not always know the state of a run, so the state is determined from the run's files:"
            " `running`, `finished`, `crashed`, `stopped`, `killed`, or `stale`. A run that is marked as running is"
            " killed if its process is gone. This can only be detected on the machine where the run was started, and"
            " not across containers. It is stale if it has not written for 15 minutes. `--json` shows the number"
            " from the database instead."
        ),
        Text("With `--watch`, the newest runs are listed first."),
        Text(
            "`-F`, `--state`, `--sort` and `-n` choose runs and their order; the columns that they name are shown in"
            " addition to the usual ones. `--columns` shows exactly the columns that it names. Config is read only"
            " if a column or a condition needs it, and metrics only for the remaining runs: see `swancli help"
            " columns`."
        ),
        Text(
            "`--plot X Y` draws a point for each run on a terminal, with a logarithmic axis if positive values span"
            " two decades or more. In a pipe it prints id, name and both columns."
        ),
        LIVE,
    ],
    "experiment": [LIVE],
    "charts": [LIVE],
    "status": [LIVE],
    "summary": [LIVE],
    "logs": [
        Text(
            "If the run crashed, the text of error.log follows the log, below the line `==> error.log <==`. With"
            " `--follow`, it is printed when the run ends; the log of a run that has ended is printed at once. A run"
            " that is stale has not ended."
        ),
        LIVE,
    ],
    "metric": [
        Text(
            "The API returns a sample of 1499 points if a series has more than 1500. `--json` prints that sample unless"
            " `--all` is given. TSV, CSV and JSON lines contain every point of a logdir; from a URL they contain what"
            " the API returns, with a note on stderr if it is a sample. Values that are not finite are the strings NaN,"
            " INF and -INF."
        ),
        Text(
            "Several experiments are drawn in one plot, and so are metrics of similar scale. Other metrics get a"
            " plot each, one above another, with a common x axis; if the terminal has few lines, those with the"
            " closest scales share a plot. In CSV, TSV and Markdown all of them become one table, joined on the"
            " step. With `--json`, one response is printed per line, with the name of the metric in front as"
            ' `"tag"`.'
        ),
        Text(
            "With `--follow`, `--tail N` prints the last N points and then each new one, `--steps` only points within"
            " these steps, and `--head N` exits after N points of each series."
        ),
        LIVE,
    ],
    "compare": [
        Text(
            "Rows are the keys of the configs, the metrics, and the system: command, git commit, Python, hardware."
            " Only rows that differ are shown, unless `--all` is given. Nested configs are joined by dots, and lists"
            " are compared element by element where their lengths agree. `null` is a value; a run that lacks a key"
            " is shown with an en dash."
        ),
        Text(
            "For a metric that is a loss or an error, the lowest value is shown; for an accuracy, a score or a"
            " reward, the highest; for other metrics, the latest. This depends on the name of the metric, unless"
            " `--goal` is given. The best value of a row is marked with an asterisk and a colour, and is bold in"
            " Markdown. In TSV, CSV and JSON lines, the column `best` holds the name of the run. With two runs on a"
            " terminal, the words that differ are coloured."
        ),
        Text(
            "Rows of `packages` come from requirements.txt in the folder of the run, which `--diff-requirements` or"
            " `--sections packages` reads. A swanboard does not provide it."
        ),
    ],
    "wait": [
        Text(
            "The exit code tells how the run ended: 0 finished, 5 crashed, stopped, killed or stale (see `swancli"
            " help exit-codes`). With `--for`, it is 0 as soon as the condition holds, and 6 if the run finished and"
            " the condition never held. With `--fail-if`, it is 6 as soon as that condition holds for any of the"
            " runs. With `--timeout`, it is 124 if the time limit was reached first. For conditions, see `swancli"
            " help columns`."
        ),
        Text(
            "With several experiments, swancli waits for all of them, and the exit code is that of the first one"
            " that did not end well. With `--any`, it waits for the first one that ends; with `--any` and `--for`,"
            " for the first one that meets the condition. One line is printed for each run when it is done;"
            " `--jsonl` prints an object instead."
        ),
        Text(
            "The command of `--exec` runs when the wait is over, however it ended, but not after Ctrl-C."
            " `SWANCLI_RUN_REASON` is the state, the condition that ended the wait, or timeout. With several"
            " experiments, the variables describe the one that determined the exit code. The exit code of the"
            " command is not used."
        ),
        Text(
            "A killed process is detected on the machine on which it ran; elsewhere, such a run is stale after 15"
            " minutes. swancli also waits for a logdir, an experiment or a metric that does not exist yet, with a"
            " note on stderr. A run that has already ended ends the wait at once. Each check reads the run's row in"
            " the database and, for a condition, the end of the metric."
        ),
    ],
    "check": [
        Text(
            "The first word names the experiments. It may be left out if the logdir has only one. Each further word"
            " is a condition: see `swancli help columns`. One line is printed for each condition: whether it holds,"
            " the value found, and the value wanted. A condition on something that a run does not have fails, with"
            " an en dash as its value."
        ),
    ],
    "sources": [
        Text(
            "Without `-l`, `-u` or `-s`, all sources of the configuration file are listed. They are queried in"
            " parallel. The exit code is 4 if none responds."
        ),
        Text(
            "The configuration file is $XDG_CONFIG_HOME/swancli/config.toml, or ~/.config/swancli/config.toml. Each"
            " table `sources.NAME` has either `logdir` (a path, or HOST:DIR for a logdir on another machine) or"
            " `url`; `timeout`, `token_file`, `ca_file` and `remote_command` are optional and mean the same as the"
            " options of these names. `-s NAME` reads that source, `-s all` reads all of them. The table `columns`"
            " gives names to lists of columns, for `project --columns`."
        ),
    ],
    "top": [
        Text(
            "The runs are on the left, the newest first: the letter of their state (R running, F finished, C"
            " crashed, S stopped, K killed, ? stale, X failed), name, last step, age. In the middle are the charts"
            " of the ticked runs, or of the run under the cursor, by namespace; below them is its console. The"
            " second line shows its speed and, if its config has `max_steps`, `num_train_epochs` or the like, an"
            " estimate of the time left. On a narrow terminal, one pane is shown at a time."
        ),
        Text(
            "Press `?` for all keys. The most important ones: arrows or `j k h l` move, Tab goes to the next pane,"
            " Enter shows it in full screen, Esc goes back, Space ticks a run, `/` filters runs and `\\` metrics, `d`"
            " shows what differs between ticked runs, `!` what has happened, `q` leaves. Ticks, filters and the grid"
            " are kept for each project in `$XDG_STATE_HOME/swancli/top`, never in a logdir."
        ),
        Text(
            "The table `top` of the configuration file has the initial settings of the view: `metrics` (a regular"
            " expression), `columns` (see `swancli help columns`), `smoothing`, `theme` (terminal, 256 or mono),"
            " `interval` in seconds. The view needs an extra: pip install 'swancli[top]'."
        ),
    ],
    "serve": [
        Text(
            "With several sources, the endpoints of each are below /SOURCE, such as /node7/api/v1/project, and"
            " `swancli -u http://HOST:PORT` reads all of them."
        ),
        Text(
            "A client starts `serve --stdio` over SSH: it answers HTTP requests on stdin and stdout until stdin is"
            " closed. It needs no extra."
        ),
        Text(
            "Responses are the same as the commands' `--json`. They are computed from the files on request and cached"
            " until the files change. The server needs an extra: pip install 'swancli[serve]'."
        ),
        Text(
            "Requests that must read a lot, such as one for a very long metric, are computed two at a time, and stop"
            " if the client disconnects. Small requests do not wait for them. If more than 64 such requests are"
            " waiting, or too many large responses are being sent, the response is status 503 with code 3503 and a"
            " `Retry-After` header. A request whose client disconnected before the response is logged as 499."
        ),
        Text(
            "SIGTERM and Ctrl-C end the server within 3 seconds: small requests are still answered, long ones are not."
            " A second signal ends it at once."
        ),
        Text(
            "On a loopback address, the Host header must name this machine. Any other address needs a token, which"
            " clients send as `Authorization: Bearer TOKEN`, or the option `--no-auth`."
        ),
        Text(
            "`GET /` is a page for browsers: the table of runs, charts, each run with its console and media, and"
            " what differs between runs. It is updated while runs are being written. Its URL contains what it shows."
            " It loads nothing from elsewhere. The link of `--generate-token` opens it; the token then moves into a"
            " cookie. Press ? for its keys."
        ),
        Text(
            "To other clients, `GET /` is plain text: what the server is, its endpoints, and how to use them with"
            " curl and swancli. With `--no-page`, browsers get this text, too. Over SSH, the command that forwards"
            " the port is printed."
        ),
    ],
    "report": [
        Text(
            "The file is the page of `swancli serve` with the data of the runs in it, and takes about eight bytes"
            " for each point. Longer curves are sampled to 1499 points, as in the dashboard; `--all` includes every"
            " point. Values have nine digits. The file has the last 500 lines of each console, and as many media"
            " files as fit into 300 KB, with a note about the rest."
        ),
    ],
    "completion": [
        Text(
            "If swancli is installed under /usr/local, the scripts are already where bash-completion, zsh and fish look"
            " for them; bash-completion and fish also look under ~/.local. In any other environment, such as a virtual"
            " environment, load the script in the start-up file of the shell."
        )
    ],
}

# Sections that follow the options.
AFTER: dict[str, list[tuple[str, list[Block]]]] = {
    "sources": [
        (
            "CONFIGURATION",
            [
                Lines(
                    [
                        "[sources.node7]",
                        'logdir = "node7:/data/swanlog"',
                        'remote_command = "venv/bin/swancli"',
                        "",
                        "[sources.lab]",
                        'url = "https://lab.example/swanlab"',
                        'token_file = "~/.config/swancli/lab.token"',
                        "",
                        "[columns]",
                        'lr = "name, config.lr, min(val/loss)"',
                    ]
                )
            ],
        ),
    ],
    "project": [
        (
            "RUNS NOT IN THE DATABASE",
            [
                Text(
                    "Runs of offline mode are not in the database. They are listed below the others, marked as on disk"
                    " only; use their run id or name as EXP. In a logdir without a database, runs are numbered by the"
                    " time of their start. See `swancli help formats`."
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
    "compare": ("project", "summary", "experiment"),
    "wait": ("status", "check"),
    "check": ("wait", "summary"),
    "top": ("project", "metric", "logs"),
    "report": ("compare", "serve"),
    "serve": ("project", "report"),
}

FILES: list[Block] = [
    Terms(
        [
            ("runs.swanlab", "The SQLite database of a logdir: project, experiments, metrics, charts."),
            ("run-DATE_TIME-ID/", "The folder of one run. Its name is the run id."),
            ("run-…/logs/N/*.log", "The points of a metric, one JSON object per line."),
            ("run-…/console/", "The console log, one file per day; error.log has the error message of a crash."),
            ("run-…/files/", "config.yaml, swanlab-metadata.json, requirements.txt."),
            ("run-…/*.swanlab", "The record file of a run. In offline mode it is the only data."),
        ]
    )
]

ENVIRONMENT: list[tuple[str, str]] = [
    ("SWANCLI_URL", "URL of the dashboard to read if none of -l, -u and -s is given."),
    ("SWANLAB_LOG_DIR", "Logdir to read if SWANCLI_URL is not set either. SwanLab uses the same variable."),
    ("SWANCLI_SSH", "Command that connects to other machines in place of ssh, such as `ssh -F FILE`."),
    (
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL",
        "Credentials, region and server for s3://. See `swancli help object-storage`, also for gs:// and az://.",
    ),
    ("XDG_CONFIG_HOME", "Directory of swancli/config.toml. The default is ~/.config. See `swancli help sources`."),
    ("SWANCLI_TOKEN", "Bearer token to send to a dashboard; for `serve`, the token that clients must send."),
    (
        "SWANCLI_PAGER, PAGER",
        "Pager for long output on a terminal; empty or cat for none. The default is `less -FIRX`.",
    ),
    (
        "SWANCLI_RUN_ID, SWANCLI_RUN_NAME, SWANCLI_RUN_STATE, SWANCLI_RUN_REASON",
        "Set for the command of `swancli wait --exec`.",
    ),
    ("SWANCLI_CACHE", "Directory of the cache, or off to use none. See `swancli help cache`."),
    ("NO_COLOR, FORCE_COLOR", "NO_COLOR disables colours; FORCE_COLOR enables them in a pipe, too."),
    ("COLUMNS, LINES, TERM", "Size and type of the terminal; TERM=dumb means plain text."),
    ("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "Proxies for a dashboard on another machine."),
    ("TMPDIR", "Directory for the temporary copy of a database, if its write-ahead log makes a copy necessary."),
]


def exit_status(reads: bool) -> list[Block]:
    """List the exit codes; for a command that reads no data, only those that it can return."""
    pairs = [(str(code), meaning[0].upper() + meaning[1:] + ".") for code, meaning in EXIT_CODES]
    if not reads:
        pairs = [pair for pair in pairs if pair[0] in ("0", "2", "130")]
    return [Terms(pairs)]


TOPICS: dict[str, Topic] = {
    "columns": COLUMNS,
    "object-storage": OBJECT_STORAGE,
    "cache": Topic(
        "the cache of swancli",
        [
            (
                "DESCRIPTION",
                [
                    Text(
                        "Offline runs are stored in record files, which have no index: finding the latest value of a"
                        " metric requires reading the whole file. swancli stores what it learns about a record file"
                        " in a cache, and reads only what has been added the next time."
                    ),
                    Text(
                        "The cache is a separate directory. Nothing is ever written below a logdir: a cache directory"
                        " inside a logdir is not used."
                    ),
                ],
            ),
            (
                "LOCATION",
                [
                    Terms(
                        [
                            ("SWANCLI_CACHE=DIR", "The cache is DIR."),
                            ("SWANCLI_CACHE=off", "No cache is read or written."),
                            (
                                "otherwise",
                                "The cache is $XDG_CACHE_HOME/swancli, or ~/.cache/swancli if XDG_CACHE_HOME is not"
                                " set.",
                            ),
                        ]
                    ),
                    Text(
                        "The directory is created with mode 0700 and its files with mode 0600. A directory that belongs"
                        " to another user, is writable by others or is a symbolic link is not used."
                    ),
                ],
            ),
            (
                "CONTENTS",
                [
                    Terms(
                        [
                            (
                                "*.runs",
                                "One file for each logdir. For each run: its start and end, its configuration and, for"
                                " each metric, the number of points, the minimum and maximum, the latest value and"
                                " some of the values.",
                            ),
                            (
                                "*.rows",
                                "One file for each large record file whose points were read, with the offset, step and"
                                " value of every point.",
                            ),
                        ]
                    ),
                    Text(
                        "An entry is used only while the device, inode, size, mtime and ctime of the record file are"
                        " unchanged or, if the file has grown, while the bytes at the end of the part already read are"
                        " unchanged. Damaged cache files, and those of another version, are ignored."
                        " The cache takes at most 256 MiB, and 1 GiB more for databases of logdirs in object storage;"
                        " the oldest files are deleted first. It can be deleted at any"
                        " time."
                    ),
                ],
            ),
            ("EXAMPLES", [Lines(["SWANCLI_CACHE=off swancli project", "rm -r ~/.cache/swancli"])]),
        ],
        "swancli(1), swancli-project(1), swancli-formats(7)",
    ),
    "exit-codes": Topic(
        "exit codes of swancli",
        [
            ("DESCRIPTION", [*exit_status(reads=True)]),
            (
                "NOTES",
                [
                    Text(
                        "With `--json`, an error also prints the API's error response on stdout, such as"
                        ' {"code":3404,"message":"tag not found"}, so that a program can read `.code`.'
                    ),
                    Text("Code 129 means that the terminal of `--watch` was closed, or that SIGHUP was received."),
                    Text(
                        "With `--until-finished`, the exit code tells how the run ended: 0 if it finished, 5 if it"
                        " crashed, was stopped or killed, or is stale."
                    ),
                    Text(
                        "`swancli wait` and `swancli check` use 6 for a condition, to distinguish it from a run that"
                        " failed; 124 is what timeout(1) uses."
                    ),
                    Text("With `--debug`, an error also prints its traceback. Warnings never change the exit code."),
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
                                "For people: aligned, coloured, at most as wide as the terminal; columns that do"
                                " not fit are left out. The default on a terminal.",
                            ),
                            (
                                "tsv",
                                "Tab-separated values with a header, full precision, ISO 8601 times, nothing"
                                " truncated. The default in a pipe. A cell with a tab, a quote or a line break is"
                                " quoted.",
                            ),
                            ("csv", "Comma-separated values, otherwise like tsv."),
                            (
                                "json",
                                "The API's response, byte for byte, followed by a newline; indented and coloured"
                                " on a terminal.",
                            ),
                            ("jsonl", "One strict JSON object per row."),
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
                            ("0.1.5 to 0.10, local mode", "runs.swanlab and the folders of the runs."),
                            (
                                "0.6.2 to 0.7, offline mode",
                                "backup.swanlab in the folder of each run: JSON records.",
                            ),
                            (
                                "0.8 and later, offline mode",
                                "run-ID.swanlab in the folder of each run: protobuf records.",
                            ),
                        ]
                    ),
                    Text(
                        "Reading a run that is still being written is safe and does not affect the training."
                        " Damaged data is skipped with a warning on stderr; the rest is shown."
                    ),
                ],
            ),
        ],
        "swancli(1), swancli-metric(1), swancli-exit-codes(7)",
    ),
}
