"""A parser that knows a short option at once: Typer's looks for long ones like it first, for which it loads difflib.

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
    """Mixed into a command, has it read its arguments with this parser."""

    def make_parser(self, ctx: Any) -> _OptionParser:
        """The parser of the command's own parameters."""
        parser = _Parser(ctx)
        for parameter in self.get_params(ctx):  # type: ignore[attr-defined]
            parameter.add_to_parser(parser, ctx)
        return parser
