"""A parser that finds a short option at once: Typer's first looks for similar long ones, and loads difflib for that.

The search takes 10 of the 233 million instructions of `metric 1 NAME --json -l DIR`. This derives from a private class
of Typer, whose version is bounded in pyproject.toml.
"""

from __future__ import annotations

from typing import Any

from typer._click.parser import _OptionParser


class _Parser(_OptionParser):
    def _process_opts(self, arg: str, state: Any) -> None:
        if arg in self._short_opt:
            self._match_short_opt(arg, state)
        else:
            super()._process_opts(arg, state)


class QuickShortOptions:
    """A mixin for commands that parse their arguments with this parser."""

    def make_parser(self, ctx: Any) -> _OptionParser:
        """The parser of the command's own parameters."""
        parser = _Parser(ctx)
        for parameter in self.get_params(ctx):  # type: ignore[attr-defined]
            parameter.add_to_parser(parser, ctx)
        return parser
