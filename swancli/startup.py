"""What makes a command start fast: modules that wait, and a garbage collector that does.

Typer imports modules that a command seldom uses. Those named here are loaded when something of theirs is used first.
(`importlib.util.LazyLoader` would load them at their second `import` already.)
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

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


def hurry() -> None:
    """Let modules wait until they are used, and garbage until `settle`: a command is over before it matters."""
    gc.disable()
    for name in WAITING:
        sys.modules.setdefault(name, _Waiting(name))


def settle() -> None:
    """For what runs long, a live view or a server: collect garbage from now on."""
    gc.enable()
