"""Details over HTTP: the URLs below /swancli/v1, and details encoded as lines of JSON and decoded again.

The client and the server of swancli share this file. Within v1, parameters and keys are only ever added: a server
ignores parameters that it does not know, and a client ignores such keys.

A response is one line {"details": …, "notes": […]}, or {"error": …}. Points and console lines, whose number is not
limited, follow in blocks, a line each: {"steps": […], "values": […], "times": […]} or {"lines": […]}; then the last
line is {"end": true, "notes": […]}, without which the response is incomplete.
"""

from __future__ import annotations

import contextlib
import inspect
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable
from urllib.parse import parse_qsl, quote, unquote, urlencode

from swancli import errors
from swancli.endpoints import EXPERIMENT, LOGS, METRIC, PROJECT, ROUTES, SUMMARY
from swancli.errors import SwancliError, UsageError
from swancli.logdir.nesting import too_deep
from swancli.model import FACTS, FUNCTIONS, Column
from swancli.reply import dumps
from swancli.values import encoded as encoded_value

if TYPE_CHECKING:
    from swancli.endpoints.route import AnyRoute
    from swancli.model import Address, Data, Point, Value
    from swancli.notes import Notes

PREFIX = "/swancli/v1"
GREETING = b"swancli serve --stdio, v1"  # the start of the line in which `serve --stdio` says that it is ready
EXPERIMENTS = f"{PREFIX}/experiments"
SERIES = f"{PREFIX}/metrics"
WINDOW, MEDIA = "console", "media"  # below an experiment
MAX_QUERY_BYTES = 1 << 13  # servers and proxies limit the length of a URL
BLOCK_POINTS = 1000
STREAMED: dict[AnyRoute, str] = {METRIC: "points", LOGS: "lines"}  # the key whose items come in blocks
ENDS: dict[AnyRoute, str] = {EXPERIMENT: "", METRIC: "/metrics"}  # how paths end; the others end with the route's name
FLAGS = ("shapes", "system", "requirements")
NUMBERS = ("head", "tail")
MAX_IDS = 1_000_000  # in one request


def path_of(route: AnyRoute, parameters: Mapping[str, object]) -> str:
    """The path and query for the details of a route with these parameters."""
    path = f"{PREFIX}/project"
    if route is not PROJECT:
        path = f"{PREFIX}/experiments/{quote(str(parameters['experiment']), safe='')}{_end(route)}"
    return _with_query(path, _pairs(parameters))


def window_path(experiment: Address, at: int | None, before: bool, find: str | None) -> str:
    """The path and query for some lines of a console."""
    pairs = [("at", str(at))] if at is not None else []
    pairs += [("before", "1")] if before else []
    pairs += [("find", find)] if find else []
    return _with_query(f"{EXPERIMENTS}/{quote(str(experiment), safe='')}/{WINDOW}", pairs)


def media_path(experiment: Address, metric: str, name: str) -> str:
    """The path and query for a media file."""
    path = f"{EXPERIMENTS}/{quote(str(experiment), safe='')}/{MEDIA}/{quote(name, safe='', errors='surrogatepass')}"
    return _with_query(path, [("name", metric)])


def find_path(word: str) -> str:
    """The path and query for the runs that a word may mean."""
    return _with_query(EXPERIMENTS, [("word", word)])


def paths_of_series(asked: Sequence[Mapping[str, object]]) -> Iterator[tuple[str, int]]:
    """The paths and queries for the details of several series, each with the number of series that it asks for.

    A name belongs to the experiment in front of it. The other parameters must be the same for all series.
    """
    pairs: list[tuple[str, str]] = []
    count = size = 0
    before: object = None
    for parameters in asked:
        experiment, name = str(parameters["experiment"]), str(parameters["metric"])
        if size > MAX_QUERY_BYTES:
            yield _with_query(SERIES, pairs), count
            pairs, count, size, before = [], 0, 0, None
        if not pairs:
            pairs = _pairs({key: value for key, value in parameters.items() if key != "metric"})
        if experiment != before:
            pairs.append(("experiment", experiment))
            before = experiment
        pairs.append(("name", name))
        count += 1
        size += len(quote(name, errors="surrogatepass")) + 6
    if pairs:
        yield _with_query(SERIES, pairs), count


def series_asked(query: str) -> list[dict[str, object]]:
    """The parameters of each series that a query of SERIES asks for; UsageError if the query is wrong."""
    experiment: str | None = None
    found: list[dict[str, object]] = []
    more = []
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogatepass"):
        if name == "experiment":
            experiment = value
        elif name == "name":
            if experiment is None:
                raise UsageError("specify the parameter experiment before name")
            found.append({"experiment": address(experiment), "metric": value})
        else:
            more.append((name, value))
    if not found:
        raise UsageError("specify the parameters experiment and name (the metrics)")
    path = f"{PREFIX}/experiments/0/metrics"
    shared = question(path, urlencode([*more, ("name", "")], errors="surrogatepass"))
    assert shared is not None
    return [{**shared[1], **one} for one in found]


def _pairs(parameters: Mapping[str, object]) -> list[tuple[str, str]]:
    """Parameters as the names and values of a query."""
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        if name == "experiment" or (value is None and name != "all") or value is False:
            continue
        if name == "all":
            pairs.append(("all", "1" if value else "any"))
        elif name == "steps" and isinstance(value, tuple):
            pairs.append(("steps", ":".join("" if end is None else str(end) for end in value)))
        elif name == "names" and isinstance(value, Sequence):
            pairs += [("name", str(one)) for one in value] or [("name", "")]
        elif name == "values" and isinstance(value, Sequence):
            pairs += [("value", _spelled(column)) for column in value] or [("value", "")]
        elif name == "ids" and isinstance(value, Sequence):
            pairs.append(("ids", _ranges([id for id in value if isinstance(id, int)])))
            pairs += [("id", str(id)) for id in value if not isinstance(id, int)]
        elif name in FLAGS:
            pairs.append((name, "1"))
        else:
            pairs.append(("name" if name == "metric" else name, str(value)))
    return pairs


def _with_query(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs, errors='surrogatepass')}" if pairs else path


def question(path: str, query: str) -> tuple[AnyRoute, dict[str, object]] | None:
    """The route and the parameters that a path below PREFIX and its query name; None if there is no such path.

    `path` is as it was received, quoted. UsageError for a parameter that is wrong.
    """
    words = path.removeprefix(PREFIX).strip("/").split("/")
    found: dict[str, object] = {}
    if words == ["project"]:
        route: AnyRoute = PROJECT
    elif words[0] == "experiments" and len(words) in (2, 3) and words[1]:
        end = "/" + words[2] if len(words) == 3 else ""
        matching = [one for one in ROUTES.values() if one is not PROJECT and _end(one) == end]
        if not matching:
            return None
        route = matching[0]
        found["experiment"] = address(unquote(words[1], errors="surrogatepass"))
    else:
        return None
    names: list[str] = []
    columns: list[Column] = []
    ids: list[Address] = []
    for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogatepass"):
        if name == "name":
            names.append(value)
        elif name in FLAGS:
            found[name] = value not in ("", "0")
        elif name in NUMBERS:
            found[name] = _count(name, value)
        elif name == "after":
            found["after"] = number(name, value) if route is METRIC else _count(name, value)
        elif name == "steps":
            first, _, last = value.partition(":")
            found["steps"] = (number(name, first) if first else None, number(name, last) if last else None)
        elif name == "all":
            found["all"] = None if value == "any" else value not in ("", "0")
        elif name == "best":
            if value not in ("min", "max"):
                raise UsageError(f"best must be min or max, not {value[:40]!r}")
            found[name] = value
        elif name == "value":
            columns += [_column(value)] if value else []
            found["values"] = columns
        elif name in ("ids", "id"):
            ids += _numbered(value) if name == "ids" else [value]
            found["ids"] = ids
    if route is METRIC and "after" in found:
        found["steps"] = (cast("int", found.pop("after")) + 1, None)
    if route is METRIC or (route is PROJECT and names):
        if len(names) != 1:
            raise UsageError("specify the parameter name (the metric) once")
        found["metric"] = names[0]
    elif names and route is SUMMARY:
        found["names"] = [name for name in names if name]
    return route, _known(route, found)


def _spelled(column: Column) -> str:
    """A column in a URL: "fact:state", "config:lr", "min:val/loss", "at:1000:val/loss"."""
    step = "" if column.step is None else f"{column.step}:"
    return f"{column.kind}:{step}{column.name}"


def _column(text: str) -> Column:
    kind, _, name = text.partition(":")
    step = None
    if kind == "at":
        first, _, name = name.partition(":")
        step = number("the step of a value", first)
    if not name or kind not in ("fact", "config", "metric", *FUNCTIONS) or (kind == "fact" and name not in FACTS):
        raise UsageError(f"no such value: {text[:40]!r}")
    return Column(kind, name, step)


def _ranges(ids: Sequence[int]) -> str:
    """Ids as "1-3,7", in ascending order."""
    found: list[list[int]] = []
    for id in sorted(set(ids)):
        if found and found[-1][1] == id - 1:
            found[-1][1] = id
        else:
            found.append([id, id])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def _numbered(text: str) -> list[Address]:
    """The ids in a text that `_ranges` made."""
    found: list[Address] = []
    for part in filter(None, text.split(",")):
        first, dash, last = part.partition("-")
        low = number("ids", first)
        high = number("ids", last) if dash else low
        if high - low >= MAX_IDS - len(found):
            raise UsageError(f"more than {MAX_IDS} ids")
        found += range(low, high + 1)
    return found


def _known(route: AnyRoute, found: dict[str, object]) -> dict[str, object]:
    """The parameters that a route's `details` accepts; others, from a newer client, are left out."""
    accepted = inspect.signature(route.details).parameters
    return {name: value for name, value in found.items() if name in accepted}


def _end(route: AnyRoute) -> str:
    """What follows the experiment in the path of a route."""
    return ENDS.get(route, f"/{route.name}")


def address(word: str) -> Address:
    """An experiment's id, or a run id."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 1000 else word


def _count(name: str, text: str) -> int:
    found = number(name, text)
    if found < 0:
        raise UsageError(f"{name} must not be negative")
    return found


def number(name: str, text: str) -> int:
    """The value of a parameter as an integer; UsageError if it is not one."""
    try:
        return int(text[:100])
    except ValueError:
        raise UsageError(f"{name} must be an integer, not {text[:40]!r}") from None


def wants_times(query: str) -> bool:
    """Whether a query asks for the times of points, which take most of the time that points take."""
    return "times=0" not in query.split("&")


def noted(line: dict[str, object], notes: Notes) -> dict[str, object]:
    """A line of a response, with the notes so far, and whether one is about something that can't be read."""
    return {**line, "notes": list(notes), **({"failed": True} if notes.failed else {})}


def encoded(route: AnyRoute, details: Mapping[str, object], notes: Notes, times: bool = True) -> Iterator[bytes]:
    """The lines of a response; `notes` are read when its first and its last line are made."""
    key = STREAMED.get(route)
    if key is None:
        yield _line(noted({"details": details}, notes))
        return
    items = iter(details[key])  # type: ignore[call-overload]
    rest = {name: value for name, value in details.items() if name != key}
    yield _line({**noted({"details": rest}, notes), "blocks": key})
    points = details[key]
    if not times and key == "points" and isinstance(points, HasChunks):
        yield from _blocks_of_numbers(points)
        yield _line(noted({"end": True}, notes))
        return
    make = _points_block if key == "points" else _lines_block
    while block := list(islice(items, BLOCK_POINTS)):
        yield _line(make(block))
    yield _line(noted({"end": True}, notes))


def _points_block(points: list[Point]) -> dict[str, object]:
    steps, values, times, more = zip(*points)
    block: dict[str, object] = {"steps": steps, "values": values, "times": times}
    if any(one is not None for one in more):
        block["more"] = more
    return block


@runtime_checkable
class HasChunks(Protocol):
    """Points that are available as columns, without their times."""

    def chunks(self) -> Iterator[tuple[Sequence[object], Sequence[Value]]]:
        """The steps and the values of all points."""


def _blocks_of_numbers(points: HasChunks) -> Iterator[bytes]:
    """The blocks of points whose times are left out."""
    for steps, values in points.chunks():
        for at in range(0, len(steps), BLOCK_POINTS):
            yield _block_of_numbers(list(steps[at : at + BLOCK_POINTS]), list(values[at : at + BLOCK_POINTS]))


def _block_of_numbers(steps: list[object], values: list[Value]) -> bytes:
    """A line of points; encoded by orjson, which is ten times as fast, if all values are finite numbers."""
    import orjson

    with contextlib.suppress(TypeError, OverflowError):  # texts; integers beyond 64 bits
        if math.isfinite(sum(values)):  # type: ignore[arg-type]
            return orjson.dumps({"steps": steps, "values": values}) + b"\n"
    words = [encoded_value(one) if type(one) is float else one for one in values]
    return _line({"steps": steps, "values": words})


def _lines_block(lines: list[str]) -> dict[str, object]:
    return {"lines": lines}


def failed(error: SwancliError, notes: Notes) -> bytes:
    """The line for an error."""
    kind: dict[str, object] = {"kind": type(error).__name__, "message": str(error), "api": error.api}
    if isinstance(error, errors.MetricNotFound):
        kind["metric"] = error.metric
    return _line(noted({"error": kind}, notes))


def error_of(found: Data) -> SwancliError:
    """The error in a response; a RemoteError if its kind is unknown."""
    message, api = str(found.get("message")), str(found.get("api"))
    kind = getattr(errors, str(found.get("kind")), None)
    if not isinstance(kind, type) or not issubclass(kind, SwancliError):
        return errors.RemoteError(message)
    if issubclass(kind, errors.MetricNotFound):
        return kind(message, str(found.get("metric")))
    return kind(message, api)


def points_of(block: Data) -> Iterator[Point]:
    """The points of a block."""
    steps = block["steps"]
    yield from zip(steps, block["values"], block["times"], block.get("more") or [None] * len(steps), strict=True)


def read_all(route: AnyRoute, details: Data) -> None:
    """Read the points or lines that are still to come."""
    key = STREAMED.get(route)
    if key is not None:
        details[key] = list(details[key])


def parse(line: bytes) -> Data:
    """A line as an object; ValueError if it is not one. Not parsed by orjson, which rounds integers above 64 bits."""
    try:
        found = json.loads(line)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict) or too_deep(line, found):
        raise ValueError("not an object, or nested too deeply")
    return found


def _line(value: object) -> bytes:
    return dumps(value) + b"\n"
