"""The completion script for bash: the template, with the words of the command tree filled in."""

from __future__ import annotations

from collections.abc import Iterable

from swancli.manual.template import filled, template, where
from swancli.manual.tree import Argument, Command


def bash(tree: list[Command]) -> str:
    """The script's text."""
    _, *rest = tree
    return filled(
        template("swancli.bash"),
        {
            "WHERE": " | ".join(where(tree)),
            "EQUALS": " | ".join(f"{name}=*" for name in where(tree) if name.startswith("--")),
            "COMMANDS": " ".join(command.name for command in rest),
            "VALUED": _cases((command.name, _valued(command)) for command in tree),
            "OPTIONS": _cases((command.name, _names(command)) for command in tree),
            "VALUES": _values(tree),
            "ARGUMENTS": _arguments(rest),
        },
    )


def _cases(pairs: Iterable[tuple[str, str]]) -> str:
    """One branch of a `case` for each different answer."""
    branches: dict[str, list[str]] = {}
    for name, words in pairs:
        branches.setdefault(words, []).append(name or "''")
    return "\n".join(f"        {' | '.join(names)}) REPLY='{words}' ;;" for words, names in branches.items() if words)


def _names(command: Command) -> str:
    return " ".join(name for option in command.options for name in option.names)


def _valued(command: Command) -> str:
    return " ".join(name for option in command.options for name in option.valued_names)


def _values(tree: list[Command]) -> str:
    """Which function completes the value of "command option"; options that all commands share come once."""
    kinds: dict[tuple[str, ...] | str, list[str]] = {}
    for command in tree:
        for option in command.options:
            for kind, mark in ((option.kind, ""), (option.first_kind, "+")):  # + marks the first of two values
                if not kind:
                    continue
                front = "*' " if option.shared or not command.name else f"'{command.name} "
                for name in option.names:
                    where = f"{front}{name}{mark}'"
                    if where not in kinds.setdefault(kind, []):
                        kinds[kind].append(where)
    return "\n".join(f"        {' | '.join(patterns)}) {_action(kind)} ;;" for kind, patterns in kinds.items())


def _arguments(commands: list[Command]) -> str:
    branches: dict[str, list[str]] = {}
    for command in commands:
        for argument in command.arguments:
            if argument.kind:
                branches.setdefault(_argument(argument), []).append(command.name)
    return "\n".join(f"        {' | '.join(names)}) {action} ;;" for action, names in branches.items())


def _argument(argument: Argument) -> str:
    if argument.kind == "metrics":
        return '_swancli_ask metrics "${given[@]}"'
    first = f"((${{#given[@]}} == 0)) && {_action(argument.kind)}"
    if not argument.next_kind:
        return first
    return f"if ((${{#given[@]}})); then {_action(argument.next_kind)}; else {_action(argument.kind)}; fi"


def _action(kind: tuple[str, ...] | str) -> str:
    if isinstance(kind, tuple):
        return f"_swancli_words {' '.join(kind)}"
    known = {"dirs": "_swancli_files -d", "files": "_swancli_files -f", "logdir": "_swancli_logdir"}
    return known.get(kind, f"_swancli_ask {kind}")
