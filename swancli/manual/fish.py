"""The completion script for fish: the template, with the `complete` lines of the command tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from swancli.manual.template import filled, template
from swancli.manual.tree import Command, Option


def fish(tree: list[Command]) -> str:
    """The script's text."""
    return filled(template("swancli.fish"), {"VALUED": _valued(tree), "COMPLETE": "\n".join(_lines(tree))})


def _valued(tree: list[Command]) -> str:
    found: dict[str, list[str]] = {}
    for command in tree:
        words = " ".join(name for option in command.options for name in option.valued_names)
        found.setdefault(words, []).append(command.name or "''")
    return "\n".join(
        f"        case {' '.join(names)}\n            string split ' ' -- {_quoted(words)}"
        for words, names in found.items()
        if words
    )


def _lines(tree: list[Command]) -> Iterator[str]:
    root, *rest = tree
    yield ""
    for command in rest:
        yield f"complete -c swancli -n \"__swancli_at ''\" -a {command.name} -d {_quoted(command.summary)}"
    yield ""
    for command in rest:
        for argument in command.arguments:
            if argument.kind == "metrics":
                yield f"complete -c swancli -n '__swancli_at {command.name}' -k -a '(__swancli_metrics)'"
            elif argument.kind:
                condition = f"__swancli_first {command.name}"
                yield f"complete -c swancli -n '{condition}' {_values(argument.kind)}"
                if argument.next_kind:
                    condition = f"__swancli_at {command.name}; and not {condition}"
                    yield f"complete -c swancli -n '{condition}' {_values(argument.next_kind)}"
    yield ""
    for option in root.options:
        yield from _option(option, ("''",))
    owners: dict[Option, list[str]] = {}
    for command in rest:
        for option in command.options:
            owners.setdefault(option, []).append(command.name)
    for option, names in owners.items():
        yield from _option(option, names)


def _option(option: Option, commands: Iterable[str]) -> Iterator[str]:
    condition = f"__swancli_at {' '.join(commands)}"
    words = [f'complete -c swancli -n "{condition}"']
    spellings = [f"-s {name[1:]}" if not name.startswith("--") else f"-l {name[2:]}" for name in option.names]
    if option.metavar:
        words.append("-r -F" if option.kind == "files" else "-x")
        kind = option.kind if option.first_kind is None else option.first_kind
        if kind and kind != "files":
            words.append(_values(kind))
    elif len([name for name in option.names if name.startswith("--")]) > 1:  # --plot, --no-plot
        for spelling in spellings:
            yield " ".join([*words, spelling, "-d", _quoted(option.help)])
        return
    yield " ".join([*words[:1], *spellings, *words[1:], "-d", _quoted(option.help)])


def _values(kind: tuple[str, ...] | str) -> str:
    if isinstance(kind, tuple):
        return f"-a {_quoted(' '.join(kind))}"
    if kind == "dirs":
        return "-a '(__fish_complete_directories)'"
    if kind == "logdir":
        return "-a '(__swancli_logdir)'"
    return "-F" if kind == "files" else f"-k -a '(__swancli_ask {kind})'"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
