"""Series and tables as data frames of pandas and polars, where these are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swancli.api.chunks import NO_TIME
from swancli.errors import MissingExtra

if TYPE_CHECKING:
    import pandas
    import polars

    from swancli.api.series import Series
    from swancli.api.table import Table


def series_to_pandas(series: Series) -> pandas.DataFrame:
    """step int64, value float64, time datetime64[ms, UTC], text; numbers are not copied where pandas lets them be."""
    pd = _pandas()
    import numpy as np  # pandas needs it itself

    moments = pd.Series(np.asarray(series.times).view("datetime64[ms]")).dt.tz_localize("UTC")
    columns: dict[str, Any] = {"step": np.asarray(series.steps), "value": np.asarray(series.values), "time": moments}
    if series.text is not None:
        columns["text"] = series.text
    found: pandas.DataFrame = pd.DataFrame(columns, copy=False)
    return found


def series_to_polars(series: Series) -> polars.DataFrame:
    """step Int64, value Float64, time Datetime(ms, UTC), text."""
    pl = _polars()
    milliseconds = [None if time == NO_TIME else time for time in series.times]
    columns: dict[str, Any] = {
        "step": pl.Series(series.steps, dtype=pl.Int64),
        "value": pl.Series(series.values, dtype=pl.Float64),
        "time": pl.Series(milliseconds, dtype=pl.Int64).cast(pl.Datetime("ms", "UTC")),
    }
    if series.text is not None:
        columns["text"] = pl.Series(series.text, dtype=pl.String)
    found: polars.DataFrame = pl.DataFrame(columns)
    return found


def table_to_pandas(table: Table) -> pandas.DataFrame:
    """A column each, times as datetime64[ms, UTC]."""
    pd = _pandas()
    columns = {}
    for name, kind, cells in table.columns():
        if kind == "time":
            columns[name] = pd.to_datetime(pd.Series(cells, dtype="Int64"), unit="ms", utc=True)
        elif kind == "integer":
            columns[name] = pd.Series(cells, dtype="Int64" if None in cells else "int64")
        else:
            columns[name] = pd.Series(cells, dtype="float64" if kind == "number" else None)
    found: pandas.DataFrame = pd.DataFrame(columns)
    return found


def table_to_polars(table: Table) -> polars.DataFrame:
    """A column each, times as Datetime(ms, UTC)."""
    pl = _polars()
    types = {"time": pl.Int64, "integer": pl.Int64, "number": pl.Float64, "flag": pl.Boolean, "text": pl.String}
    columns = []
    for name, kind, cells in table.columns():
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
