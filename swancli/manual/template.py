"""The templates of the completion scripts: @NAMES@ in them are filled in."""

from __future__ import annotations

import os
import re

from swancli.manual.tree import Command

WHERE = ("logdir", "url", "source", "token_file", "ca_file", "remote_command")  # keys of options
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")


def template(name: str) -> str:
    """The text of a template."""
    with open(os.path.join(FOLDER, name), encoding="utf-8") as stream:
        return stream.read()


def where(tree: list[Command]) -> list[str]:
    """The spellings of the options that say where the data is, which swancli must know to complete anything."""
    return [name for option in tree[0].options if option.key in WHERE for name in option.names]


def filled(text: str, values: dict[str, str]) -> str:
    """The text with each line or word @NAME@ replaced; KeyError for a name without a value."""
    return re.sub(r"(?m)^[ \t]*@([A-Z]+)@$|@([A-Z]+)@", lambda at: values[at[1] or at[2]], text)
