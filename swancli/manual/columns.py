"""The manual page about columns, conditions, and how several experiments are chosen."""

from __future__ import annotations

from swancli.manual.block import Lines, Terms, Text, Topic

COLUMNS = Topic(
    "columns and conditions of swancli, and how runs are chosen by them",
    [
        (
            "DESCRIPTION",
            [
                Text(
                    "`swancli project` shows, sorts, filters and groups runs by columns. Commands that take"
                    " experiments use the same columns to choose them, with `-F` and `--best`."
                )
            ],
        ),
        (
            "COLUMNS",
            [
                Terms(
                    [
                        ("id, name, state", "The experiment's id, its name and its state."),
                        ("created, started", "When the run was created. A time."),
                        ("age, duration", "The time since then, and how long the run took. Lengths of time."),
                        ("step, metrics", "The last step of the main metric, and the number of metrics."),
                        ("host, swanlab, mode", "The machine, the version of SwanLab, and local or offline."),
                        ("source", "The logdir or dashboard that has the run, if there are several."),
                        (
                            "config.KEY",
                            "A value of the config. The keys of nested values are joined by dots: config.optimizer.lr.",
                        ),
                        ("METRIC, last(METRIC)", "The latest value of a metric, such as val/loss."),
                        ("min(METRIC), max(METRIC)", "The lowest and the highest finite value."),
                        ("first(METRIC)", "The first value."),
                        ("mean(METRIC)", "The mean of the finite values. This reads the whole series."),
                        ("step(METRIC), points(METRIC)", "The last step, and the number of points."),
                        ("at(METRIC, STEP)", "The value at exactly this step."),
                    ]
                ),
                Text(
                    "Put a name that contains a comma, a bracket, a quote or an operator in quotes, and also a"
                    " metric with the name of a fact: 'min(\"loss (eval)\")', '\"step\"'. Quote for the shell, too."
                    " What a dashboard does not provide, such as the host, is shown as an en dash; a condition on it"
                    " is an error."
                ),
            ],
        ),
        (
            "CONDITIONS",
            [
                Terms(
                    [
                        ("COLUMN = VALUE, COLUMN != VALUE", "The same number, or the same text."),
                        ("COLUMN < VALUE, <=, >, >=", "Compares numbers, times, and versions of SwanLab."),
                        ("COLUMN ~ GLOB", "The text matches a glob: name ~ resnet*."),
                        ("COLUMN is nan, is not nan", "The value is NaN, or is not."),
                        ("COLUMN is missing, is not missing", "The run has no such value, or has one."),
                    ]
                ),
                Text(
                    "A missing value meets no condition except `is missing`. `-F` can be repeated: all must hold."
                    " Lengths of time have the units s, m, h, d and w: age < 2h, duration >= 1h30m. Times are dates,"
                    " or dates and times: created >= 2026-11-23, in local time unless they include a time zone."
                ),
            ],
        ),
        (
            "CHOOSING EXPERIMENTS",
            [
                Terms(
                    [
                        ("1,3 and 1-3", "A list of ids, and a range of ids."),
                        ("'resnet50*'", "A glob of names."),
                        ("latest, latest~2", "The newest, and the third newest."),
                        ("@running", "The experiments in a state."),
                        ("all", "All of them."),
                        ("-F CONDITION", "Of these, those that meet a condition."),
                        (
                            "--best N COLUMN",
                            "Of these, the N best by a column: the lowest for a loss, the highest for an accuracy."
                            " This depends on the column's name, or else on its function.",
                        ),
                    ]
                ),
                Text(
                    "An experiment whose name looks like a pattern can be given by that name. Several experiments"
                    " are shown one below another; in TSV, CSV and JSON lines, the experiment comes first, and"
                    " `--json` prints one response per line."
                ),
            ],
        ),
        (
            "GROUPS",
            [
                Terms(
                    [
                        ("count", "The number of runs in the group."),
                        ("mean(COLUMN), std, min, max, median", "Of the finite values of a column in the group."),
                        ("best(COLUMN)", "The lowest value of a loss, the highest of an accuracy."),
                    ]
                ),
                Text(
                    "These are the columns for `project --group-by`. `--pivot` shows one of them as a table with the"
                    " values of the first key down and those of the second across."
                ),
            ],
        ),
        (
            "EXAMPLES",
            [
                Lines(
                    [
                        "swancli project -F 'config.learning_rate >= 1e-3' --sort 'min(train/loss)' -n 10",
                        "swancli project -F state=crashed -F 'train/loss is nan'",
                        "swancli project --columns 'name, config.seed, at(train/loss, 100)' --sort -created",
                        "swancli project --group-by config.learning_rate --columns 'count, best(min(train/loss))'",
                        "swancli project --group-by config.seed,config.learning_rate --pivot",
                        "swancli project --plot config.learning_rate 'min(train/loss)'",
                        "swancli metric 'Qwen*' train/loss",
                        "swancli summary --best 1 'min(train/loss)'",
                        "swancli status @finished -F 'age < 2000w'",
                    ]
                )
            ],
        ),
    ],
    "swancli(1), swancli-project(1), swancli-metric(1), swancli-formats(7)",
)
