"""What people type and mean: options in front of a command, and words that are not a command.

`swancli -w` is `swancli project -w`, and `swancli --json metric 1 loss` is `swancli metric --json 1 loss`. What could
mean several things is an error that says the command that was probably meant.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from swancli.errors import UsageError

DEFAULT = "project"
MEANT = {
    "assert": "check",
    "await": "wait",
    "cat": "metric",
    "config": "experiment",
    "console": "logs",
    "curve": "metric",
    "dashboard": "serve",
    "diff": "compare",
    "experiments": "project",
    "info": "experiment",
    "list": "project",
    "log": "logs",
    "ls": "project",
    "metrics": "summary",
    "plot": "metric",
    "projects": "project",
    "ps": "project",
    "run": "experiment",
    "runs": "project",
    "show": "experiment",
    "tail": "logs",
    "watch": "serve",
}

Takes = Callable[[str], "int | None"]  # an option's name: how many values it takes; None if there is no such option


def arranged(arguments: Sequence[str], own: Takes, others: Takes) -> list[str]:
    """The arguments, with options in front of the command that are not swancli's `own` moved behind it.

    `others` knows the options of `project`, which is the command if there is none.
    """
    front: list[str] = []
    moved: list[str] = []
    at = 0
    while at < len(arguments) and arguments[at].startswith("-") and arguments[at] != "-":
        name, equals, _ = arguments[at].partition("=")
        takes, into = own(name), front
        if takes is None:
            takes, into = others(name), moved
        if takes is None:  # the parser says what is wrong with it
            return list(arguments)
        count = 1 + takes - bool(takes and equals)
        if name in ("-w", "--watch") and arguments[at + 1 : at + 2] and is_seconds(arguments[at + 1]):
            count = 2
        into += arguments[at : at + count]
        at += count
    if not moved:
        return list(arguments)
    command, *rest = arguments[at:] or [DEFAULT]
    return [*front, command, *moved, *rest]


def unknown_command(word: str, commands: Sequence[str]) -> UsageError:
    """The error for a word that is no command: it says which command was probably meant."""
    from difflib import get_close_matches

    if word in MEANT:
        return UsageError(f"no command {word!r}; did you mean: swancli {MEANT[word]}")
    if near := get_close_matches(word, commands, 1, 0.6):
        return UsageError(f"no command {word!r}; did you mean: swancli {near[0]}")
    if word.isdecimal() or word == "latest" or word.startswith("run-"):
        return UsageError(f"no command {word!r}; for that experiment: swancli summary {word}")
    if "/" in word or "*" in word or word in ("loss", "acc", "accuracy", "lr"):
        return UsageError(f"no command {word!r}; for that metric: swancli metric latest {word}")
    return UsageError(f"no command {word!r}; commands: {', '.join(commands)}")


def is_seconds(word: str) -> bool:
    """Whether a word behind --watch is a number of seconds."""
    return word.replace(".", "", 1).isdecimal()
