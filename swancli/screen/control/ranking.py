"""Which run is the best, and what differs between the runs that are drawn."""

from __future__ import annotations

from swancli.screen.control.state import State
from swancli.screen.reading import questions
from swancli.screen.view import DIFFERENCES


class Ranking:
    """Compares runs, by asking the source."""

    def __init__(self, state: State) -> None:
        self._state = state

    def sort_by_best(self) -> None:
        """Sort the runs by their best value of the metric under the cursor, or by age again."""
        state, view = self._state, self._state.view
        if not view.chart or view.best == view.chart:
            view.best, state.facts.ranked = "", None
            state.relist()
            state.touch()
        else:
            view.best = view.chart
            self.rank()

    def rank(self) -> None:
        """Ask for the best values by which the runs are sorted."""
        state, metric = self._state, self._state.view.best

        def tell(found: object) -> None:
            if state.view.best != metric:
                return
            if isinstance(found, list):
                state.facts.ranked = found
                state.relist()
                state.touch()
            else:
                state.view.best = ""
                state.outside.say(str(found), is_bad=True)

        state.outside.ask(lambda source: questions.ranked(source, metric), tell)

    def read_differences(self) -> None:
        """Ask what differs between the runs that are drawn."""
        state = self._state
        ids = state.facts.drawn(state.view)
        state.differences = None
        if len(ids) < 2:
            state.differences = "tick two runs or more (Space) to see what differs between them"
            return

        def tell(found: object) -> None:
            state.differences = str(found) if isinstance(found, Exception) else found
            state.touch(DIFFERENCES)

        state.outside.ask(lambda source: questions.differences(source, ids), tell)
