"""How a plot is drawn: its size, its axes, its smoothing, and the characters that it is made of."""

from __future__ import annotations

from typing import NamedTuple


class Glyphs(NamedTuple):
    """The characters of a plot; each shows `dots_across` times `dots_down` dots."""

    dots_across: int
    dots_down: int
    y_axis: str
    y_tick: str
    corner: str
    x_axis: str
    x_tick: str
    nan: str
    infinity: str
    minus_infinity: str
    ellipsis: str
    stroke: str  # of a curve, in the legend


BRAILLE = Glyphs(2, 4, "│", "┤", "└", "─", "┬", "×", "▲", "▼", "…", "━")
ASCII = Glyphs(1, 1, "|", "+", "+", "-", "+", "x", "^", "v", "~", "*")


class PlotOptions(NamedTuple):
    """Everything about a plot but its curves."""

    width: int  # in cells
    height: int  # in lines, legend and axis included
    log_y: bool = False
    smoothing: float | None = None  # weight of the moving average, from 0 to 1
    x: str = "step"  # or "time" or "relative", where xs are seconds since 1970
    color: bool = True
    unicode: bool = True
    overlay: bool | None = None  # whether metrics share a panel or have one each; None: as their scales require
    legend: bool = True
    x_range: tuple[float, float] | None = None  # the part of the x axis that is shown, in its units
    mark: float | None = None  # where on the x axis to draw a vertical line

    @property
    def glyphs(self) -> Glyphs:
        """The characters to use."""
        return BRAILLE if self.unicode else ASCII
