"""Reads a source again and again for the full-screen view: only what is in view and may have changed.

A look is a generator: between its pieces, the drawing thread can ask for something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from swancli.addresses import address, age_key
from swancli.endpoints import CHARTS, EXPERIMENT, LOGS, PROJECT, SUMMARY
from swancli.errors import NotFound, SwancliError
from swancli.model import ENDED, Column
from swancli.screen.estimate import PROGRESS
from swancli.screen.reading.changes import About, Change, Crash, Latest, Lines, Metrics, Rows, Trouble, Wanted
from swancli.screen.reading.curves import SERIES_AT_ONCE, Curves, progress
from swancli.several import experiments, named_error

if TYPE_CHECKING:
    from swancli.logdir.fingerprint import Fingerprint
    from swancli.model import Address, RowOfProject, Value
    from swancli.source import Poll, Source

HARDWARE = "__swanlab__."  # in front of the names of hardware metrics
PERCENT = (".pct", ".ptc")  # at the ends of those that are percentages
CONSOLE_LINES = 1000  # that are kept
QUIET_LOOKS = 5  # one of these also reads what may change while the step of its run does not
NO_CURVE = frozenset(("text", "image", "audio", "video", "object3d", "molecule", "echarts"))
LIVE = (Column("fact", "state"), Column("fact", "duration"))


class Reader:
    """What was read of a source so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rows: dict[Address, RowOfProject] = {}
        self._heads: dict[Address, RowOfProject] = {}
        self._prints: list[Fingerprint | None] = []
        self._groups: dict[Address, int] = {}  # how many metrics there were when their charts were read
        self._curves = Curves(source, self.rows)
        self._progress: dict[Address, object] = {}  # of a run when its latest values were read
        self._names: dict[Address, list[str]] = {}
        self._configs: dict[Address, object] = {}
        self._states: dict[Address, str] = {}  # of the runs when they were read
        self._hardware: dict[Address, list[str]] = {}
        self._console: tuple[Address, Poll[str]] | None = None
        self._is_told = False  # whether the crash of that run was read
        self._lost: dict[str, SwancliError] = {}  # the parts of the source that do not answer, and why
        self._trouble = ""
        self._looks = 0

    def look(
        self, wanted: Wanted, fresh: bool = True, is_outdated: Callable[[], bool] = bool
    ) -> Iterator[list[Change]]:
        """Read what is wanted, until it is outdated; `fresh` reads the runs again first."""
        fresh = fresh or not self._looks
        try:
            if fresh:
                yield from self._runs()
            known = self._within_reach(wanted)
            yield from self._run(known)
            yield from self._curves.read(known, self._is_quiet, is_outdated)
        except SwancliError as error:
            yield self._troubled(str(error))
        except OSError as error:
            yield self._troubled(f"{error.filename or 'reading'}: {error.strerror or error}")
        else:
            if fresh:
                yield self._troubled("; ".join(named_error(name, error) for name, error in self._lost.items()))

    @property
    def _is_quiet(self) -> bool:
        """Whether this look leaves out what may change while the step of its run does not."""
        return self._looks % QUIET_LOOKS != 0

    def _troubled(self, text: str) -> list[Change]:
        is_new = text != self._trouble
        self._trouble = text
        return [Trouble(text)] if is_new else []

    def _within_reach(self, wanted: Wanted) -> Wanted:
        """What is wanted of the parts of the source that answer."""
        drawn = tuple(one for one in wanted.drawn if not self._is_lost(one))
        cursor = wanted.cursor if wanted.cursor is None or not self._is_lost(wanted.cursor) else None
        return wanted._replace(cursor=cursor, drawn=drawn)

    def _is_lost(self, one: Address) -> bool:
        """Whether the part of the source that a run is in does not answer."""
        return bool(self._lost) and self.rows.get(one, {}).get("source", "").partition("/")[0] in self._lost

    @property
    def has_running(self) -> bool:
        """Whether a run is being written, as far as is known."""
        return any(row.get("state") == "running" for row in self.rows.values())

    def _is_unchanged(self) -> bool:
        """Whether nothing can have changed: no run is running, and no file of the database was written."""
        if self.has_running or not self._prints:
            return False
        return all(one is not None and not one.fresh() and one.holds() for one in self._prints)

    def _runs(self) -> Iterator[list[Change]]:
        """The runs that there are, and the state of those that have not ended."""
        self._looks += 1
        if self._is_unchanged():
            return
        self.source.refresh()
        sources = [part for _, part in self.source.parts] or [self.source]
        self._prints = [one.fingerprint(EXPERIMENT, {"experiment": 0}) for one in sources]
        found, self._lost = experiments(self.source)
        heads = {address(row): row for row in found}
        # the known runs of a part that does not answer stay
        heads |= {one: head for one, head in self._heads.items() if one not in heads and self._is_lost(one)}
        gone = self.rows.keys() - heads.keys()
        for one in gone:
            del self.rows[one]
        changed = [one for one, head in heads.items() if self._heads.get(one) != head]
        order: list[Address] | None = None
        project: str | None = None
        if gone or changed or not self.rows:
            order = [address(row) for row in sorted(heads.values(), key=age_key, reverse=True)]
            if not self.rows and len(heads) > SERIES_AT_ONCE:  # names at once, the rest when it is read
                yield [Rows(list(heads.values()), order, "")]
        yield self._read_rows(changed if len(changed) < len(heads) else None, order, project)
        self._heads = dict(heads)
        live = [
            one
            for one, row in self.rows.items()
            if one not in changed and row.get("state") not in ENDED and self._is_due(row) and not self._is_lost(one)
        ]
        if live:
            yield self._read_live(live)

    def _is_due(self, row: RowOfProject) -> bool:
        return row.get("state") in ("running", None) or not self._is_quiet

    def _read_rows(
        self, changed: Sequence[Address] | None, order: list[Address] | None, project: str | None
    ) -> list[Change]:
        """The rows of runs whose entry in the database has changed; None is all."""
        if changed is not None and not changed:
            return [Rows([], order)] if order is not None else []
        found = self.source.details(PROJECT, ids=changed)
        rows = found.get("experiments") or []
        crashes = [crash for row in rows if (crash := self._crash(row))]
        for row in rows:
            self.rows[address(row)] = row
        return [Rows(rows, order, found.get("name") or project), *crashes]

    def _crash(self, row: RowOfProject) -> Crash | None:
        """The error of a run that has just crashed."""
        one = address(row)
        old = self.rows.get(one)
        if old is None or old.get("state") in ENDED or row.get("state") not in ("crashed", "stopped", "failed"):
            return None
        return Crash(one, self.error_of(one))

    def _read_live(self, live: Sequence[Address]) -> list[Change]:
        """State, duration and last step of runs that have not ended; all of a row where no metric was known yet."""
        new = [one for one in live if self.rows[one].get("metric") is None]
        changes = self._read_rows(new, None, None) if new else []
        known = [one for one in live if one not in new]
        mains = dict.fromkeys(self.rows[one]["metric"]["name"] for one in known)
        asked = [*LIVE, *(Column("step", name) for name in mains)]
        found = self.source.details(PROJECT, ids=known, values=asked) if known else {}
        rows: list[RowOfProject] = []
        crashes: list[Change] = []
        for told in found.get("experiments") or []:
            old = self.rows.get(address(told))
            if old is None:
                continue
            values = told.get("values") or {}
            row = dict(old)
            for name, key in (("state", "state"), ("duration", "duration")):
                if values.get(name) is not None:
                    row[key] = values[name]
            step = values.get(Column("step", old["metric"]["name"]).text)
            if step is not None:
                row["last_step"] = step
            if row != old:
                if crash := self._crash(cast("RowOfProject", row)):
                    crashes.append(crash)
                self.rows[address(told)] = cast("RowOfProject", row)
                rows.append(cast("RowOfProject", row))
        return [*changes, Rows(rows), *crashes] if rows else changes

    def _run(self, wanted: Wanted) -> Iterator[list[Change]]:
        """The metrics of the runs that are drawn; console, config and hardware of the one under the cursor."""
        for one in dict.fromkeys((*wanted.drawn, *([wanted.cursor] if wanted.cursor is not None else ()))):
            if one in self.rows and self._groups.get(one) != self._count_metrics(one):
                yield self._read_groups(one)
        cursor = wanted.cursor
        if cursor is None or cursor not in self.rows:
            return
        state = str(self.rows[cursor].get("state"))
        if self._states.get(cursor) != state or (state == "running" and self._is_config_due(cursor)):
            found = self.source.details(EXPERIMENT, experiment=cursor)
            if found.get("config") != self._configs.get(cursor, found) or self._states.get(cursor) != state:
                yield [About(cursor, found)]
            self._configs[cursor], self._states[cursor] = found.get("config"), state
        if wanted.console:
            yield self._read_console(cursor, state)
        yield self._read_latest(cursor)

    def _is_config_due(self, one: Address) -> bool:
        """Whether the config of a running run is read again: one that is there already may grow."""
        return not self._configs.get(one) or not self._is_quiet

    def _count_metrics(self, one: Address) -> int:
        """How many metrics a run has; a running one is asked each time until it has some, then now and then."""
        row = self.rows[one]
        if row.get("state") == "running" and (not self._names.get(one) or not self._is_quiet):
            with suppress(NotFound):
                row["metrics"] = len(self.source.metrics(one))
        return row.get("metrics", 0)

    def _read_groups(self, one: Address) -> list[Change]:
        count = self.rows[one].get("metrics", 0)
        try:
            found = self.source.details(CHARTS, experiment=one, system=True)
        except NotFound:
            found = {}
        self._groups[one] = count
        shapes = found.get("metrics") or {}
        charts = {chart["id"]: chart for chart in found.get("charts") or []}
        groups = []
        for space in found.get("namespaces") or []:
            names = [name for id in space["charts"] if id in charts for name in charts[id]["source"]]
            curves = tuple(name for name in dict.fromkeys(names) if _is_curve(name, shapes))
            if curves:
                groups.append((str(space["name"]), curves))
        self._names[one] = [name for _, names in groups for name in names]
        if hardware := [name for name in shapes if name.startswith(HARDWARE)]:
            self._hardware[one] = hardware
        return [Metrics(one, groups)]

    def _read_console(self, cursor: Address, state: str) -> list[Change]:
        """What the run has printed since the last time; the last lines if it is another run."""
        anew = self._console is None or self._console[0] != cursor
        if anew:
            self._console = cursor, self.source.follow_logs(cursor, CONSOLE_LINES)
            self._is_told = False
        assert self._console is not None
        lines: Sequence[str] = ()
        if anew or state not in ENDED or not self._is_told:
            with suppress(NotFound):  # nothing has been printed yet
                lines = self._console[1]()
        error: list[str] = []
        if not self._is_told and state in ENDED:
            self._is_told = True
            error = self.error_of(cursor) if state != "finished" else []
        return [Lines(cursor, lines, anew, error)] if lines or anew or error else []

    def error_of(self, one: Address) -> list[str]:
        """The text of a run's crash, in lines."""
        try:
            return [str(line) for line in self.source.details(LOGS, experiment=one, tail=0)["error"]]
        except SwancliError:
            return []

    def _read_latest(self, cursor: Address) -> list[Change]:
        """How far the run is by its own account, and how busy its machine is."""
        row = self.rows[cursor]
        is_known = self._progress.get(cursor) == progress(row)
        if is_known and (row.get("state") != "running" or self._is_quiet):
            return []
        self._progress[cursor] = progress(row)
        names = [name for name in self._names.get(cursor, ()) if name.rpartition("/")[2] in PROGRESS]
        names += [name for name in self._hardware.get(cursor, ()) if name.endswith(PERCENT)]
        if not names:
            return []
        try:
            found = self.source.details(SUMMARY, experiment=cursor, names=names)["summaries"]
        except NotFound:
            return []
        values: dict[str, Value] = {one["key"]: one.get("value") for one in found}
        return [Latest(cursor, values)]


def _is_curve(name: str, shapes: object) -> bool:
    """Whether a metric is drawn: it has numbers, and is not the hardware's."""
    shape = cast("dict[str, dict[str, object]]", shapes).get(name) or {}
    kind = str(shape.get("type") or "line").lower()
    return kind not in NO_CURVE and not name.startswith(HARDWARE)
