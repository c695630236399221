"""From a plain function to a Typer command: the shared options are added here, once for all commands.

A command is a function of a Session and its own parameters. `build` adds the shared options that its Spec names to its
signature, which is all that Typer looks at, and opens and closes the session around it. Commands are built when they
are needed: building eleven of them at every start took a third longer (77 million instructions, by callgrind).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from swancli.cli.arrange import DEFAULT, arranged, is_seconds, unknown_command
from swancli.cli.options import Options
from swancli.cli.parser import QuickShortOptions
from swancli.cli.session import Session, print_failure
from swancli.errors import DataError, SwancliError

HELP = ["-h", "--help"]
SETTINGS = {"help_option_names": HELP, "max_content_width": 100}
Body = Callable[..., None]


class Spec(NamedTuple):
    """A command: its function, the names of the shared options that it takes, whether it always waits for its data."""

    body: Body
    shared: tuple[str, ...] = ()
    waits: bool = False


def build(name: str, spec: Spec) -> Any:
    """The Typer command of a Spec."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, context_settings=SETTINGS, cls=_Command)(_with_session(spec) if spec.shared else spec.body)
    return typer.main.get_command(app)


def _with_session(spec: Spec) -> Body:
    """The function of a Spec with the shared options in its signature, called with a Session in place of these."""
    body = spec.body
    # not get_type_hints: in Python 3.10 it wraps what has the default None in another Optional
    own = [p for p in inspect.signature(body, eval_str=True).parameters.values() if p.name != "session"]
    named = {p.name for p in own}

    def call(context: typer.Context, **values: Any) -> None:
        before = context.parent.params if context.parent is not None else {}
        given = {name: values.get(name) or before.get(name) or default for name, default in DEFAULTS.items()}
        for name in ("logdir", "url", "source"):  # those in front of the command and those behind it both count
            given[name] = [*(before.get(name) or ()), *(values.get(name) or ())]
        options = Options(**given)
        session: Session | None = None
        try:
            with Session(options, follow=spec.waits or bool(values.get("follow"))) as session:
                body(session, **{p.name: values[p.name] for p in own})
                if session.has_failed:
                    raise typer.Exit(DataError.exit_code)
        except (SwancliError, PermissionError, FileNotFoundError) as problem:
            error = problem if isinstance(problem, SwancliError) else _unreadable(problem)
            if not error.answered and (options.json or options.output == "json"):
                print_failure(error)
            raise error from problem
        except Exception as problem:
            meant = session.explain(problem) if session is not None else None
            if meant is None:
                raise
            raise meant from problem

    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("context", keyword, annotation=typer.Context)]
    parameters += [p.replace(kind=keyword) for p in own]
    parameters += [
        inspect.Parameter(name, keyword, default=DEFAULTS[name], annotation=Options.__annotations__[name])
        for name in spec.shared
        if name not in named
    ]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__name__, call.__doc__ = body.__name__, body.__doc__
    return call


DEFAULTS = Options._field_defaults


def _unreadable(error: OSError) -> DataError:
    """The error for a file that can't be read."""
    return DataError(f"{error.filename or 'reading'}: {error.strerror or error}")


def _options(params: Iterable[Any]) -> dict[str, int]:
    """The spellings of all options, and how many values each takes."""
    options = (param for param in params if param.param_type_name == "option")
    return {name: 0 if one.is_flag else one.nargs for one in options for name in (*one.opts, *one.secondary_opts)}


class _Command(QuickShortOptions, TyperCommand):
    """A command whose --watch may be followed by a number of seconds."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments after `-w 5` is written out as `-w --interval 5`."""
        if any(parameter.name == "watch" for parameter in self.params):
            args = list(_with_interval(args))
        rest: list[str] = super().parse_args(ctx, args)
        return rest


def _with_interval(args: list[str]) -> Iterator[str]:
    watched = False
    for arg in args:
        name, _, value = arg.partition("=")
        if name in ("-w", "--watch") and value:
            yield from (name, "--interval", value)
            continue
        if watched and is_seconds(arg):
            yield "--interval"
        yield arg
        watched = arg in ("-w", "--watch")


class Group(QuickShortOptions, TyperGroup):
    """The top-level command, which builds the others when they are needed."""

    specs: dict[str, Spec]
    shared_options = frozenset(Options._fields)

    def list_commands(self, ctx: object) -> list[str]:
        """The names of the commands."""
        return list(self.specs)

    def get_command(self, ctx: object, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name in self.specs and cmd_name not in self.commands:
            self.commands[cmd_name] = build(cmd_name, self.specs[cmd_name])
        return self.commands.get(cmd_name)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, after moving options in front of a command behind it."""
        own = _options(self.params) | dict.fromkeys(HELP, 0)

        def others(name: str) -> int | None:
            return _options(self.get_command(ctx, DEFAULT).params).get(name)

        rest: list[str] = super().parse_args(ctx, arranged(args, own.get, others))
        return rest

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments name; for any other word a UsageError that says what was meant."""
        if args and args[0] not in self.specs and not args[0].startswith("-"):
            raise unknown_command(args[0], list(self.specs))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: object, formatter: Any) -> None:
        """List the commands, each with the first sentence of its help, which needs none of them built."""
        rows = [(name, str(spec.body.__doc__).strip().partition("\n")[0]) for name, spec in self.specs.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
