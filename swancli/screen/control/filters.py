"""The filters of runs and of metrics: how they are typed, and which runs they find."""

from __future__ import annotations

from swancli.errors import UsageError
from swancli.queries.matching import conditions, pattern
from swancli.screen.control.state import State
from swancli.screen.facts import HEAD
from swancli.screen.reading import questions

OF_RUNS, OF_METRICS = "/", "\\"


class Filters:
    """The filter that is being typed, if `sign` is not empty; it takes effect as it is typed."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.sign = ""
        self.typed = ""
        self.problem = ""
        self._before = ""

    def begin(self, sign: str) -> None:
        """Begin to type a filter."""
        view = self._state.view
        self.sign, self.problem = sign, ""
        self._before = self.typed = view.run_filter if sign == OF_RUNS else view.metric_filter
        self._state.touch(HEAD)

    def type(self, key: str, char: str | None) -> None:
        """A key while a filter is typed."""
        if key == "escape":
            self._set(self._before)
        elif key in ("backspace", "ctrl+h"):
            self._set(self.typed[:-1])
        elif key == "ctrl+u":
            self._set("")
        elif key == "ctrl+w":
            self._set(self.typed.rstrip().rpartition(" ")[0])
        elif char and char.isprintable():
            self._set(self.typed + char)
        if key in ("escape", "enter"):
            self.sign = ""
        self._state.touch(HEAD)

    def _set(self, text: str) -> None:
        """Make what was typed the filter; what is not a regular expression yet is searched for literally."""
        view = self._state.view
        self.typed, self.problem = text, ""
        if self.sign == OF_METRICS or conditions(text) is None:
            try:
                pattern(text)
            except UsageError:
                self.problem = "not a regular expression yet"
        if self.sign == OF_RUNS:
            view.run_filter = text
            self.find_runs()
        else:
            view.metric_filter = text
        self._state.touch()

    def find_runs(self) -> None:
        """Find the runs that pass the filter; the source is asked if the filter has conditions."""
        state, text = self._state, self._state.view.run_filter
        asked = conditions(text) if text else None
        if not asked:
            state.facts.meeting = None
            return state.relist()

        def tell(found: object) -> None:
            if state.view.run_filter != text:
                return
            state.facts.meeting = found if isinstance(found, set) else set()
            if isinstance(found, Exception):
                state.outside.say(str(found), is_bad=True)
            state.relist()
            state.touch()

        state.outside.ask(lambda source: questions.meeting(source, asked), tell)
