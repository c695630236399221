"""All that keys and the mouse can do, by what it changes."""

from __future__ import annotations

from swancli.screen.control.axes import Axes
from swancli.screen.control.choosing import Choosing
from swancli.screen.control.filters import Filters
from swancli.screen.control.moving import Moving
from swancli.screen.control.ranking import Ranking
from swancli.screen.control.showing import Showing
from swancli.screen.control.state import Outside, State
from swancli.screen.control.takeaway import TakeAway
from swancli.screen.facts import Facts
from swancli.screen.view import View


class Controller(State):
    """The state, and what changes it."""

    def __init__(self, facts: Facts, view: View, outside: Outside) -> None:
        super().__init__(facts, view, outside)
        self.moving = Moving(self)
        self.filters = Filters(self)
        self.ranking = Ranking(self)
        self.showing = Showing(self, self.filters, self.ranking)
        self.choosing = Choosing(self, self.moving)
        self.axes = Axes(self)
        self.takeaway = TakeAway(self)

    def refresh(self) -> None:
        """Ask again which runs meet the conditions and which are the best: this may have changed."""
        self.filters.find_runs()
        if self.view.best:
            self.ranking.rank()
