"""The completion scripts by shell, and how each shell is told of its own."""

from __future__ import annotations

from typing import Any

from swancli.docs.tree import SHELLS, commands

HINTS = {
    "bash": 'add to ~/.bashrc:  eval "$(swancli completion bash)"',
    "zsh": 'add to ~/.zshrc, below compinit:  eval "$(swancli completion zsh)"',
    "fish": "run once:  swancli completion fish > ~/.config/fish/completions/swancli.fish",
}
FILES = {"bash": "swancli.bash", "zsh": "_swancli", "fish": "swancli.fish"}  # in completions/


def completion(shell: str, group: Any) -> str:
    """The completion script for one of SHELLS, given the command tree."""
    from swancli.docs.bash import bash
    from swancli.docs.fish import fish
    from swancli.docs.zsh import zsh

    makers = dict(zip(SHELLS, (bash, zsh, fish), strict=True))
    return makers[shell](commands(group))
