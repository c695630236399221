"""A manual page as data: what `help TOPIC`, man/ and docs/commands.md show alike.

Commands' pages come out of the command tree; what an option's help can't say is in `sections`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from swancli.manual import sections
from swancli.manual.block import Block, Lines, Terms, Text
from swancli.manual.tree import Command, Option, commands


class Page(NamedTuple):
    """A page: its name and section of the manual, what it is in a few words, (title, blocks) in order."""

    name: str
    number: int
    brief: str
    sections: list[tuple[str, list[Block]]]


def pages(group: Any) -> list[Page]:
    """All pages: swancli's, one per command, the topics."""
    tree = commands(group)
    return [*(_command(command, tree) for command in tree), *_topics()]


def page(topic: str, group: Any) -> Page | None:
    """The page of a command or a topic, or None."""
    return next((one for one in pages(group) if one.name == f"swancli-{topic}"), None)


def _topics() -> list[Page]:
    return [
        Page(f"swancli-{name}", 7, topic.brief, [*topic.sections, ("SEE ALSO", [Text(topic.see_also)])])
        for name, topic in sections.TOPICS.items()
    ]


def _command(command: Command, tree: list[Command]) -> Page:
    root = not command.name
    brief = sections.BRIEF if root else command.summary.rstrip(".")
    found: list[tuple[str, list[Block]]] = [("SYNOPSIS", [Lines(_synopsis(command))])]
    found.append(("DESCRIPTION", _description(command, tree)))
    if root:
        found.append(("COMMANDS", [Terms([(f"swancli {one.name}", one.summary) for one in tree[1:]])]))
    if command.arguments:
        found.append(("ARGUMENTS", [Terms([(one.metavar, one.help) for one in command.arguments])]))
    own = [option for option in command.options if not option.shared]
    shared = [option for option in command.options if option.shared]
    if own:
        found.append(("OPTIONS", [_terms(own)]))
    if shared:
        found.append(("COMMON OPTIONS", [_terms(shared)]))
    if command.examples:
        found.append(("EXAMPLES", [Lines(command.examples)]))
    found += sections.AFTER.get(command.name, [])
    if root:
        found += [("FILES", sections.FILES), ("ENVIRONMENT", [Terms(sections.ENVIRONMENT)])]
    found.append(("EXIT STATUS", sections.exit_status(reads=bool(shared) or root)))
    found.append(("SEE ALSO", [Text(_see_also(command, tree))]))
    return Page(command.full_name, 1, brief, found)


def _synopsis(command: Command) -> list[str]:
    if not command.name:
        return ["swancli [OPTIONS]", "swancli [OPTIONS] COMMAND [OPTIONS] [WORDS]"]
    return [" ".join(["swancli", command.name, "[OPTIONS]", *(one.metavar for one in command.arguments)])]


def _description(command: Command, tree: list[Command]) -> list[Block]:
    paragraphs = [command.summary, *command.text]
    if not command.name:
        paragraphs[0] = sections.ABOUT
    return [*map(Text, paragraphs), *sections.MORE.get(command.name, [])]


def _terms(options: Sequence[Option]) -> Terms:
    return Terms([(option.usage, option.help) for option in options])


def _see_also(command: Command, tree: list[Command]) -> str:
    others = [one.full_name for one in tree if one.name != command.name] if not command.name else ["swancli"]
    others += [f"swancli-{name}" for name in sections.NEAR.get(command.name, ())]
    return ", ".join([*(f"{name}(1)" for name in others), *(f"swancli-{name}(7)" for name in sections.TOPICS)])
