"""From a plain function to a Typer command: the shared options are added here, once for all commands.

A command is a function of a Session and its own parameters. `build` gives it the options that every command has,
those of a format or a live view where the function is marked so, and opens and closes the session around it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from swancli.cli import options
from swancli.cli.session import Session, print_failure
from swancli.errors import DataError, SwancliError

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
Body = Callable[..., None]


def build(name: str, body: Body) -> Any:
    """The Typer command of a function; `body.groups` names the groups of options it shares."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    takes_session = "session" in inspect.signature(body).parameters
    app.command(name, context_settings=SETTINGS, cls=_Command)(_bound(body) if takes_session else body)
    return typer.main.get_command(app)


def shares(*groups: str) -> Callable[[Body], Body]:
    """Mark a function as a command that has the options of these groups of `options.GROUPS`."""

    def mark(body: Body) -> Body:
        body.groups = groups  # type: ignore[attr-defined]
        return body

    return mark


def _bound(body: Body) -> Body:
    """`body` with the shared options in its signature, called with a Session in place of these."""
    # not get_type_hints: in Python 3.10 it wraps what has the default None in another Optional
    own = [p for p in inspect.signature(body, eval_str=True).parameters.values() if p.name != "session"]
    kinds = dict.fromkeys(getattr(body, "groups", ()))
    shared = [pair for group in kinds for pair in options.GROUPS[group].items()]

    def call(context: typer.Context, **values: Any) -> None:
        before = context.parent.params if context.parent is not None else {}
        session: Session | None = None
        try:
            with Session(values, before) as session:
                body(session, **{p.name: values[p.name] for p in own})
        except (SwancliError, PermissionError, FileNotFoundError) as problem:
            error = problem if isinstance(problem, SwancliError) else _unreadable(problem)
            if not error.answered and "json" in (
                values.get("output"),
                "json" if values.get("json") else None,
            ):
                print_failure(error)
            raise error from problem
        except Exception as problem:
            meant = session.source.explain(problem) if session is not None else None
            if meant is None:
                raise
            raise meant from problem

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("context", keyword, annotation=typer.Context)]
    parameters += [p.replace(kind=keyword) for p in own]
    parameters += [inspect.Parameter(key, keyword, default=default, annotation=kind) for key, (kind, default) in shared]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__name__, call.__doc__ = body.__name__, body.__doc__
    return call


def _unreadable(error: OSError) -> DataError:
    """What to say of a file that can't be read."""
    return DataError(f"{error.filename or 'reading'}: {error.strerror or error}")


class _Command(TyperCommand):
    """A command whose --watch may be followed by a number of seconds."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments after `-w 5` is written out as `-w --interval 5`."""
        if any(parameter.name == "watch" for parameter in self.params):
            args = list(_spelled_out(args))
        rest: list[str] = super().parse_args(ctx, args)
        return rest


def _spelled_out(args: list[str]) -> Iterator[str]:
    watched = False
    for arg in args:
        name, _, value = arg.partition("=")
        if name in ("-w", "--watch") and value:
            yield from (name, "--interval", value)
            continue
        if watched and arg.replace(".", "", 1).isdecimal():
            yield "--interval"
        yield arg
        watched = arg in ("-w", "--watch")


class Group(TyperGroup):
    """The command above all. It builds a command when that is asked for: one costs no more for its many neighbours.

    Building the eleven of them at every start would cost as much as reading a small logdir (see docs/performance.md).
    """

    bodies: dict[str, Body]
    shared_options = frozenset(name for group in options.GROUPS.values() for name in group)

    def list_commands(self, ctx: object) -> list[str]:
        """The names of the commands."""
        return list(self.bodies)

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name in self.bodies and cmd_name not in self.commands:
            self.commands[cmd_name] = build(cmd_name, self.bodies[cmd_name])
        return self.commands.get(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name; for one that doesn't exist the nearest is suggested."""
        if args and args[0] not in self.bodies:
            for name in self.bodies:
                self.get_command(ctx, name)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: object, formatter: Any) -> None:
        """List the commands, each with the first sentence of its help, which needs none of them built."""
        rows = [(name, str(body.__doc__).strip().partition("\n")[0]) for name, body in self.bodies.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
