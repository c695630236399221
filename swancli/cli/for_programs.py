"""The commands that hand data to programs, and their options: export, sql, mcp."""

from __future__ import annotations

from typing import Annotated

import typer

from swancli.cli.session import Session
from swancli.errors import UsageError


def export(
    session: Session,
    exps: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[EXPS]...", show_default=False, help="Experiments, as for other commands. [default: all of them]"
        ),
    ] = None,
    target: Annotated[
        str | None, typer.Option("-o", "--output", metavar="PATH", help="Directory or file to write to.")
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="parquet|csv|jsonl|sqlite|duckdb",
            help="Format. [default: by the suffix of PATH: .csv, .jsonl, .sqlite, .db, .duckdb; else parquet]",
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            metavar="local|spark",
            help="What reads and writes the data: this process, or Spark for a Parquet data set of very many runs."
            " [default: local]",
        ),
    ] = None,
    master: Annotated[
        str | None,
        typer.Option("--master", metavar="URL", help="Spark's master, such as spark://HOST:7077. [default: local[*]]"),
    ] = None,
) -> None:
    """Write runs, their configs, points and logs to a Parquet data set, to CSV or JSON lines, or to a database.

    Every point is written, not the sample of the dashboard. When run again, export writes only the runs that have
    changed. Each run is replaced as a whole: a reader sees either the old or the new data of a run, even during an
    export or after an interrupted one. Nothing is ever written to a logdir. Parquet needs an extra: pip install
    'swancli[arrow]'. DuckDB needs swancli[sql].

    With --engine spark, the machines of a Spark cluster write the same data set. They read the logdirs at the same
    paths, or in object storage, write to the same PATH, and each needs swancli[spark].

    \b
    Examples:
      swancli export -o dataset
      swancli export 1-3 -o points.csv
      swancli export -F 'state = finished' -o runs.sqlite
      swancli -l '/shared/*/swanlog' export --engine spark --master spark://node1:7077 -o /shared/dataset
    """
    if target is None:
        raise UsageError("export requires -o PATH: a directory, or a file such as runs.sqlite")
    from swancli.cli.export import export as run

    run(session, exps or [], target, format, engine, master)


def sql(
    session: Session,
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUERY]", show_default=False, help="The query; - or nothing reads it from standard input."
        ),
    ] = None,
) -> None:
    """Run an SQL query on the runs, without exporting them first.

    The tables are runs, config (one row per key; values are JSON), points (run_id, experiment_id, metric, step, value,
    time), text (the values that are not numbers) and console. Only the points that the query needs are read: if it
    names runs or metrics, only those of these runs or metrics. The query is written in DuckDB's SQL, and can access
    only these tables. This command needs an extra: pip install 'swancli[sql]'.

    \b
    Examples:
      swancli sql "select run_id, min(value) from points where metric = 'val/loss' group by 1"
      swancli sql "describe points"
      swancli sql - -o csv < query.sql
    """
    from swancli.cli.sql import sql as run

    run(session, query)


def mcp(session: Session) -> None:
    """Serve the runs to an agent over standard input and output, with the Model Context Protocol.

    The tools are list_runs, find_runs, get_run, get_summary, get_metric, get_logs, compare_runs and wait_for_run. They
    only read, and the size of their results is limited. This command needs an extra: pip install 'swancli[mcp]'.

    \b
    Examples:
      claude mcp add swanlab -- swancli mcp -l /data/swanlog
      swancli mcp -u http://node7:5092
    """
    from swancli.cli.startup import collect_garbage
    from swancli.mcp.server import serve

    collect_garbage(True)
    serve(session.source)
