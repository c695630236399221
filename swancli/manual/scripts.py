"""The completion scripts by shell, and how to install each."""

from __future__ import annotations

from typing import Any

from swancli.manual.tree import SHELLS, commands

HINTS = {
    "bash": 'add to ~/.bashrc:  eval "$(swancli completion bash)"',
    "zsh": 'add to ~/.zshrc, below compinit:  eval "$(swancli completion zsh)"',
    "fish": "run once:  swancli completion fish > ~/.config/fish/completions/swancli.fish",
}
FILES = {"bash": "swancli.bash", "zsh": "_swancli", "fish": "swancli.fish"}  # in completions/


def completion(shell: str, group: Any) -> str:
    """The completion script for one of SHELLS, given the command tree."""
    from swancli.manual.bash import bash
    from swancli.manual.fish import fish
    from swancli.manual.zsh import zsh

    makers = dict(zip(SHELLS, (bash, zsh, fish), strict=True))
    return makers[shell](commands(group))
