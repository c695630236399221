"""Points and tables as data frames of pandas and polars, where these are installed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from swancli.api.chunks import NO_TIME, Chunk
from swancli.errors import MissingExtra

if TYPE_CHECKING:
    import pandas
    import polars

Columns = Iterable[tuple[str, str, list[Any]]]  # of a table: name, kind and cells


def points_to_pandas(points: Chunk) -> pandas.DataFrame:
    """step int64, value float64, time datetime64[ms, UTC], text; numbers are not copied where pandas allows it."""
    pd = _pandas()
    import numpy as np  # pandas needs it itself

    moments = pd.Series(np.asarray(points.times).view("datetime64[ms]")).dt.tz_localize("UTC")
    columns: dict[str, Any] = {"step": np.asarray(points.steps), "value": np.asarray(points.values), "time": moments}
    if points.texts is not None:
        columns["text"] = points.texts
    found: pandas.DataFrame = pd.DataFrame(columns, copy=False)
    return found


def points_to_polars(points: Chunk) -> polars.DataFrame:
    """step Int64, value Float64, time Datetime(ms, UTC), text."""
    pl = _polars()
    milliseconds = [None if time == NO_TIME else time for time in points.times]
    columns: dict[str, Any] = {
        "step": pl.Series(points.steps, dtype=pl.Int64),
        "value": pl.Series(points.values, dtype=pl.Float64),
        "time": pl.Series(milliseconds, dtype=pl.Int64).cast(pl.Datetime("ms", "UTC")),
    }
    if points.texts is not None:
        columns["text"] = pl.Series(points.texts, dtype=pl.String)
    found: polars.DataFrame = pl.DataFrame(columns)
    return found


def table_to_pandas(table: Columns) -> pandas.DataFrame:
    """A column each, times as datetime64[ms, UTC]."""
    pd = _pandas()
    columns = {}
    for name, kind, cells in table:
        if kind == "time":
            columns[name] = pd.to_datetime(pd.Series(cells, dtype="Int64"), unit="ms", utc=True)
        elif kind == "integer":
            columns[name] = pd.Series(cells, dtype="Int64" if None in cells else "int64")
        else:
            columns[name] = pd.Series(cells, dtype="float64" if kind == "number" else None)
    found: pandas.DataFrame = pd.DataFrame(columns)
    return found


def table_to_polars(table: Columns) -> polars.DataFrame:
    """A column each, times as Datetime(ms, UTC)."""
    pl = _polars()
    types = {"time": pl.Int64, "integer": pl.Int64, "number": pl.Float64, "flag": pl.Boolean, "text": pl.String}
    columns = []
    for name, kind, cells in table:
        made = pl.Series(name, cells, dtype=types[kind])
        columns.append(made.cast(pl.Datetime("ms", "UTC")) if kind == "time" else made)
    found: polars.DataFrame = pl.DataFrame(columns)
    return found


def _pandas() -> Any:
    try:
        import pandas
    except ImportError as error:
        raise MissingExtra("to_pandas needs pandas", package="pandas") from error
    return pandas


def _polars() -> Any:
    try:
        import polars
    except ImportError as error:
        raise MissingExtra("to_polars needs polars", package="polars") from error
    return polars
