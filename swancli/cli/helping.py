"""The commands that read no data of the user: demo, completion, help."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from swancli.cli.session import print_message
from swancli.errors import UsageError


def demo(
    folder: Annotated[str, typer.Argument(metavar="[DIR]", help="Directory to write to.")] = "./swanlog",
) -> None:
    """Write a small sample logdir, and print commands to try on it."""
    from swancli.demo import write_demo

    write_demo(folder)
    where = "" if os.path.normpath(folder) == "swanlog" else f" -l {folder}"
    print(f"wrote a sample logdir of three runs to {folder}; try:")
    for words in ("project", "summary 1", "metric 1 train/loss"):
        print(f"  swancli {words}{where}")


def completion(
    context: typer.Context, shell: Annotated[str, typer.Argument(metavar="SHELL", help="Shell: bash, zsh or fish.")]
) -> None:
    """Print the completion script for a shell: commands, options, experiments, metrics.

    \b
    Examples:
      eval "$(swancli completion bash)"     in ~/.bashrc
      eval "$(swancli completion zsh)"      in ~/.zshrc, below compinit
      swancli completion fish > ~/.config/fish/completions/swancli.fish
    """
    from swancli.manual.scripts import HINTS
    from swancli.manual.scripts import completion as script

    if shell not in HINTS:
        raise UsageError(f"no completion script for {shell!r}; supported shells: {', '.join(HINTS)}")
    print(script(shell, context.parent.command), end="")  # type: ignore[union-attr]
    if sys.stdout.isatty():
        print_message("note", HINTS[shell])


def help(
    context: typer.Context,
    topic: Annotated[
        str | None,
        typer.Argument(metavar="[TOPIC]", help="Command, cache, columns, exit-codes, formats or object-storage."),
    ] = None,
) -> None:
    """Show the manual page of a command or a topic, as `man swancli-metric` does.

    \b
    Examples:
      swancli help metric
      swancli help exit-codes
    """
    parent: Any = context.parent
    if topic is None:
        return print(parent.get_help())
    from swancli.manual.page import page

    found = page(topic, parent.command)
    if found is None:
        raise UsageError(
            f"no help for {topic!r}; topics: {', '.join(parent.command.specs)}, cache, columns, exit-codes, formats,"
            " object-storage"
        )
    from swancli.manual.text import text
    from swancli.output.show import show_lines
    from swancli.output.stdout import detect

    terminal = detect()
    show_lines(text(found, terminal.width), terminal)
