"""The completion script for zsh: the template, with the specifications of the command tree filled in."""

from __future__ import annotations

from collections.abc import Iterable

from swancli.manual.template import filled, template, where
from swancli.manual.tree import Command, Option


def zsh(tree: list[Command]) -> str:
    """The script's text."""
    root, *rest = tree
    return filled(
        template("_swancli"),
        {
            "WHERE": " | ".join(where(tree)),
            "EQUALS": " | ".join(f"{name}=*" for name in where(tree) if name.startswith("--")),
            "ROOT": _lines(8, (f"{_option(option)} \\" for option in root.options)),
            "COMMANDS": _lines(16, (_quoted(f"{command.name}:{command.summary}") for command in rest)),
            "REST": "\n".join(_command(command) for command in rest),
        },
    )


def _lines(indent: int, lines: Iterable[str]) -> str:
    return "\n".join(" " * indent + line for line in lines)


def _command(command: Command) -> str:
    specs = [_option(option) for option in command.options]
    for argument in command.arguments:
        if argument.kind == "metrics":
            specs.append("'*: :_swancli_metrics'")
        elif argument.kind:
            specs.append(_quoted(f"1: :{_action(argument.kind)}"))
            if argument.next_kind:
                specs.append(_quoted(f"*: :{_action(argument.next_kind)}"))
    return "\n".join(
        [
            f"                {command.name})",
            "                    _arguments -s -S \\",
            _lines(24, (f"{spec} \\" for spec in specs[:-1])),
            f"                        {specs[-1]} && ret=0",
            "                    ;;",
        ]
    )


def _option(option: Option) -> str:
    """One specification of _arguments; spellings of one option exclude each other."""
    help = option.help.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace(":", "\\:")
    if option.first_kind is not None:
        first, second = option.metavar.split()
        value = f":{first}:{_action(option.first_kind)}:{second}:{_action(option.kind)}"
    else:
        value = f":{option.metavar.replace(':', chr(92) + ':')}:{_action(option.kind)}" if option.metavar else ""
    if len(option.names) == 1:
        return _quoted(f"{_name(option.names[0], value)}[{help}]{value}")
    names = ",".join(_name(name, value) for name in option.names)
    return f"'({' '.join(option.names)})'{{{names}}}{_quoted(f'[{help}]{value}')}"


def _name(name: str, value: str) -> str:
    """A value may be attached to its option: --output=csv, -ocsv."""
    return name if not value else f"{name}=" if name.startswith("--") else f"{name}+"


def _action(kind: tuple[str, ...] | str) -> str:
    if isinstance(kind, tuple):
        return f"({' '.join(kind)})"
    known = {"dirs": "_files -/", "files": "_files", "logdir": "_files -g runs.swanlab", "": " "}
    return known.get(kind, f"_swancli_{kind}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
