"""What makes a command start and end fast: modules that wait, a garbage collector that does, and no tidying up.

Typer imports modules that a command seldom uses. Those named here are loaded when something of theirs is used first.
(`importlib.util.LazyLoader` would load them at their second `import` already.)
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

WAITING = ("subprocess", "bz2", "lzma", "ipaddress", "tokenize", "linecache")


class _Waiting(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system's own questions
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        return getattr(module, name)


def defer_imports() -> None:
    """Let modules wait until they are used, and garbage until `collect_garbage`: a command is over before it matters."""
    gc.disable()
    for name in WAITING:
        sys.modules.setdefault(name, _Waiting(name))


def collect_garbage() -> None:
    """For what runs long, a live view or a server: collect garbage from now on."""
    gc.enable()


def exit_now(code: int) -> NoReturn:
    """End the process once all is written: taking the interpreter apart costs as much as reading a small logdir."""
    if sys.gettrace() or sys.getprofile():  # whoever measures wants to report
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):  # nobody reads any more, or it was closed
            stream.flush()
    os._exit(code)
