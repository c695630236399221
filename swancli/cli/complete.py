"""What a shell's TAB asks for: experiments and metrics, one per line, "value<TAB>description".

The scripts of completions/ know everything else themselves. They call
`swancli __complete KIND TYPED [OPTION VALUE]... -- [WORD...]`: the options say where the data is; WORDs are experiments
and metrics in front of the cursor. KIND is source, exp, exps (several), metric, metrics (experiments first, then their
metrics), column or columns (a list with commas). Whatever goes wrong, nothing is printed: a prompt is no place for
errors.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NoReturn

from swancli.addresses import address, age_key
from swancli.model import STATE_OF_STATUS, STATES
from swancli.output.text.escape import printable
from swancli.places import ALL, Given, configured, opened, places
from swancli.queries import selector
from swancli.source import LATEST, Source

if TYPE_CHECKING:
    from swancli.model import RowOfProject

AT_MOST = 1.5  # seconds for everything
TIMEOUT = 1.0  # seconds for a dashboard
LOOKED_AT = 50  # experiments whose state is read from their files; that of older ones is the database's
METRICS_OF = 4  # newest experiments whose metrics stand for all

Line = tuple[str, str]


def main(arguments: list[str]) -> NoReturn:
    """Print the candidates, and end the process."""
    _limit()
    try:
        kind, typed, *rest = arguments
        at = rest.index("--") if "--" in rest else len(rest)
        given, words = _given(rest[:at]), rest[at + 1 :]
        source = None if kind == "source" else _source(given)
        pairs = _sources() if source is None else candidates(source, kind, typed, words)
        lines = ("\t".join(filter(None, found)) + "\n" for found in pairs)
        sys.stdout.buffer.write("".join(lines).encode("utf-8", "surrogateescape"))
        sys.stdout.flush()
    except Exception:
        pass
    os._exit(0)  # no connection, no thread and no atexit handler is worth waiting for


def candidates(source: Source, kind: str, typed: str, words: list[str]) -> Iterator[Line]:
    """The candidates of a kind, with their descriptions, each once and only such as can be typed."""
    seen = set()
    for value, note in _found(source, kind, typed, words):
        if value and value not in seen and printable(value) == value:
            seen.add(value)
            yield value, printable(note)


def _found(source: Source, kind: str, typed: str, words: list[str]) -> Iterator[Line]:
    if kind == "metric":
        yield from _metrics(source, _newest(source.experiments())[:METRICS_OF])
    elif kind in ("column", "columns"):
        yield from _columns(source, typed, kind == "columns")
    elif kind in ("exp", "exps") or not words:
        rows = source.experiments()
        if kind != "exp" and "," in typed:
            done = typed[: typed.rindex(",") + 1]
            left = (pair for pair in _ids(source, rows) if pair[0] not in done.split(","))
            yield from ((done + value, note) for value, note in left)
            return
        yield from _experiments(source, rows, typed)
        if kind != "exp":
            yield from _patterns(rows, typed)
        if kind == "metrics" and len(rows) == 1:
            yield from _metrics(source, rows)
    else:
        try:
            chosen = selector.experiments(source, words[0])
        except Exception:  # the logdir's one experiment may have been left out
            chosen = [selector.experiment(source, None)]
        given = set(words)
        for id in chosen:
            yield from ((name, "") for name in source.metrics(id) if name not in given)


def _experiments(source: Source, rows: list[RowOfProject], typed: str) -> Iterator[Line]:
    """Ids, latest, the names that mean one experiment, and run ids once one is begun."""
    notes = {}
    for id, note in _ids(source, rows):
        notes[id] = note
        yield id, note
    if len(newest := selector.named(rows, LATEST)) == 1:
        id = str(address(newest[0]))
        yield LATEST, f"{id} {notes.get(id, '')}"
    names = [str(row["name"]) for row in rows]
    count = Counter(names)
    for row, name in zip(rows, names, strict=True):
        if count[name] == 1 and not name.isdecimal() and not name.startswith("-"):
            yield name, notes.get(str(address(row)), "").partition("  ")[0]
    if typed.startswith("run"):
        yield from ((str(row["run_id"]), str(row["name"])) for row in rows)


def _patterns(rows: list[RowOfProject], typed: str) -> Iterator[Line]:
    """What means several experiments: states once an @ is typed, all, and the runs before the newest."""
    if typed.startswith("@"):
        yield from ((f"@{state}", "") for state in STATES)
    elif len(rows) > 1 and typed:
        yield selector.ALL, f"{len(rows)} experiments"
        if typed.startswith(f"{LATEST}~"):
            newest = _newest(rows)[:LOOKED_AT]
            yield from ((f"{LATEST}~{n}", str(row["name"])) for n, row in enumerate(newest))


def _columns(source: Source, typed: str, is_list: bool) -> Iterator[Line]:
    """Facts, the config keys and metrics of the newest runs; functions of metrics once one is begun."""
    from swancli.model import FACTS, FUNCTIONS, Column
    from swancli.queries.columns import bare
    from swancli.queries.values import config_keys

    done, word = "", typed
    if is_list:
        cut = max((at + 1 for at, sign in bare(_closed(typed)) if sign == "," and at < len(typed)), default=0)
        cut += len(typed[cut:]) - len(typed[cut:].lstrip())
        done, word = typed[:cut], typed[cut:]
    if word.startswith("-"):  # of --sort: from the highest value down
        done, word = done + "-", word[1:]
    if word.startswith("state="):
        yield from ((f"{done}state={state}", "") for state in STATES)
        return
    name, bracket, _ = word.partition("(")
    yield from ((done + fact, "") for fact in FACTS)
    rows = _newest(source.experiments())[:METRICS_OF]
    for row in rows:
        if not bracket and "config.".startswith(word[:7]):
            yield from ((done + key, "") for key in config_keys(source, address(row)))
        for metric in source.metrics(address(row)):
            yield done + Column("metric", metric).text, ""
            for function in FUNCTIONS[:-1]:
                if word and (function == name if bracket else function.startswith(word)):
                    yield done + Column(function, metric).text, ""


def _closed(typed: str) -> str:
    """A part of a list, with the brackets closed that are still open."""
    return typed + ")" * (typed.count("(") - typed.count(")"))


def _ids(source: Source, rows: list[RowOfProject]) -> Iterator[Line]:
    near = {id(row) for row in _newest(rows)[:LOOKED_AT]}
    for row in rows:
        word = source.state(row) if id(row) in near else STATE_OF_STATUS.get(row.get("status"), "")
        yield str(address(row)), f"{word}  {row['name']}"


def _newest(rows: list[RowOfProject]) -> list[RowOfProject]:
    return sorted(rows, key=age_key, reverse=True)


def _metrics(source: Source, rows: Iterable[RowOfProject]) -> Iterator[Line]:
    for row in rows:
        yield from ((name, "") for name in source.metrics(address(row)))


def _given(words: list[str]) -> Given:
    """What pairs of options and values say about where the data is."""
    pairs = list(zip(words[::2], words[1::2]))

    def values(*names: str) -> list[str]:
        return [value for name, value in pairs if name in names and value]

    def last(name: str) -> str | None:
        return next(reversed(values(name)), None)

    return Given(
        logdirs=values("-l", "--logdir"),
        urls=values("-u", "--url"),
        sources=values("-s", "--source"),
        timeout=TIMEOUT,
        token_file=last("--token-file"),
        ca_file=last("--ca-file"),
        remote_command=last("--remote-command"),
    )


def _source(given: Given) -> Source:
    """What the command itself would read; ssh must not ask for a password."""
    return opened(places(given), lambda note: None, batch=True)


def _sources() -> Iterator[Line]:
    """The sources of the configuration file, and the word for all of them."""
    found = configured()
    yield from ((place.name, place.where) for place in found)
    if found:
        yield ALL, f"{len(found)} sources"


def _limit() -> None:
    """End the process in a moment, whatever it waits for: a dead host, a sleeping disk.

    A thread does this, for a signal's handler would wait for the call that hangs.
    """
    import _thread
    import time

    def end() -> None:
        time.sleep(AT_MOST)
        os._exit(0)

    _thread.start_new_thread(end, ())
