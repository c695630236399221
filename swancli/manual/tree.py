"""The command tree as plain data: what manual pages and completion scripts are made of.

The metavar of a word on the command line tells what it may be: KINDS says who knows the candidates. A metavar that
is not in KINDS is an error, so that no option is left without completion by mistake.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from swancli.model import STATES
from swancli.output import FORMATS

SHELLS = ("bash", "zsh", "fish")
EXTRA_TOPICS = ("cache", "columns", "exit-codes", "formats", "object-storage")

# A tuple: these words. Otherwise, who knows the candidates: the shell (dirs, files, logdir), swancli itself (source,
# exp, exps, metric, metrics, column, columns), or nobody ("").
KINDS: dict[str, tuple[str, ...] | str] = {
    "": "",
    "DIR": "logdir",
    "FILE": "files",
    "FORMAT": FORMATS,
    "NAME": "metric",
    "SOURCE": "source",
    "PATH": "files",
    "[EXP]": "exp",
    "[EXPS]": "exps",
    "[EXPS]...": "exps",
    "[EXPS] CONDITION...": "exps",
    "[EXPS] NAME...": "metrics",
    "[EXPS] [NAME...]": "metrics",
    "CONDITION": "column",
    "COLUMN": "column",
    "COLUMNS": "columns",
    **dict.fromkeys(("X", "Y"), "column"),
    "STATE": STATES,
    "[DIR]": "dirs",
    "SHELL": SHELLS,
    **dict.fromkeys(
        (
            "URL",
            "SECONDS",
            "REGEX",
            "SECTIONS",
            "NAME=GOAL",
            "COMMAND",
            "DURATION",
            "N",
            "W",
            "A:B",
            "ADDRESS",
            "ORIGIN",
            "[QUERY]",
            "TEXT",
        ),
        "",
    ),
}


# By metavar, what completes the words after the first one, where that is not "metrics".
NEXT = {"[EXPS]...": "exps", "[EXPS] CONDITION...": "column"}


class Option(NamedTuple):
    """An option: its spellings, the metavar of its value ("" for a flag), its help, what completes it."""

    key: str
    names: tuple[str, ...]
    metavar: str
    help: str
    kind: tuple[str, ...] | str
    shared: bool
    first_kind: tuple[str, ...] | str | None = None  # what completes the first of two values; None if there is one

    @property
    def valued_names(self) -> list[str]:
        """The spellings of an option that takes a value, with a plus sign if it takes two."""
        return [name + "+" * (self.first_kind is not None) for name in self.names] if self.metavar else []

    @property
    def usage(self) -> str:
        """The option as a synopsis spells it: "-o, --output FORMAT"."""
        return ", ".join(self.names) + (f" {self.metavar}" if self.metavar else "")


class Argument(NamedTuple):
    """What follows a command's name: its metavar, its help, what completes its first and its next words."""

    metavar: str
    help: str
    kind: tuple[str, ...] | str
    next_kind: str = ""


class Command(NamedTuple):
    """One command, or with the name "" swancli itself. `text` is the help without summary and examples."""

    name: str
    summary: str
    text: list[str]
    examples: list[str]
    options: list[Option]
    arguments: list[Argument]

    @property
    def full_name(self) -> str:
        """The manual page's name: "swancli-metric"."""
        return f"swancli-{self.name}" if self.name else "swancli"


def commands(group: Any) -> list[Command]:
    """swancli itself, then its commands in the order of `swancli --help`."""
    names = tuple(group.list_commands(None))
    shared = group.shared_options
    rest = (_command(name, group.get_command(None, name), names, shared) for name in names)
    return [_command("", group, names, shared), *rest]


def _command(name: str, command: Any, names: tuple[str, ...], shared: frozenset[str]) -> Command:
    paragraphs = [part for part in (command.help or "").split("\n\n") if part.strip()]
    examples: list[str] = []
    text: list[str] = []
    for part in paragraphs[1:]:
        lines = part.replace("\b", "").strip("\n").split("\n")
        if lines[0].strip() == "Examples:":
            examples = [line[2:] for line in lines[1:]]
        else:
            text.append(" ".join(line.strip() for line in lines))
    options = [
        _option(param, bool(name) and param.name in shared)
        for param in command.params
        if param.param_type_name == "option"
    ]
    if not any(option.key == "help" for option in options):
        options.append(Option("help", ("-h", "--help"), "", "Show the options and exit.", "", name != ""))
    arguments = [
        Argument(
            param.metavar or "", param.help or "", _kind(param.metavar or "", names), NEXT.get(param.metavar or "", "")
        )
        for param in command.params
        if param.param_type_name == "argument"
    ]
    summary = " ".join(paragraphs[0].split())
    return Command(name, summary, text, examples, options, arguments)


def _option(param: Any, shared: bool) -> Option:
    metavar = "" if param.is_flag else param.metavar or ""
    if not param.is_flag and not metavar:
        raise ValueError(f"{param.opts[-1]} has no metavar: what its value is would be told nowhere")
    help = " ".join((param.help or "").split())
    default = param.default
    if metavar and default is not None and param.show_default and "[default:" not in help:
        help += f" [default: {default:g}]" if isinstance(default, float) else f" [default: {default}]"
    names = (*param.opts, *param.secondary_opts)
    if param.nargs == 2:
        first, second = (_kind(word, ()) for word in metavar.split())
        return Option(param.name, names, metavar, help, second, shared, first)
    return Option(param.name, names, metavar, help, _kind(metavar, ()), shared)


def _kind(metavar: str, names: tuple[str, ...]) -> tuple[str, ...] | str:
    """What completes a value of this metavar: words, or who knows them."""
    if metavar == "[TOPIC]":
        return (*names, *EXTRA_TOPICS)
    if "|" in metavar:
        return tuple(metavar.strip("[]").split("|"))
    if metavar not in KINDS:
        raise ValueError(f"{metavar!r} is not in KINDS of manual/tree.py: say there what completes it")
    return KINDS[metavar]
