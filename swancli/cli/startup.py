"""What makes a command start and end fast. Each pays for itself, measured with `status 1 --json` on the sample, whose
whole process executes 204 million instructions on Python 3.11 (bare Python: 39 million). Without them it takes more:

defer_imports        73 million   modules that Typer imports and commands seldom use are loaded at their first use;
                                  of some, Typer imports functions by their names (DEFERRED_FUNCTIONS), of others it
                                  uses something at once (AT_ONCE)
collect_garbage       7 million   a command is over before garbage matters
exit_now             23 million   finalizing the interpreter costs as much as reading a small logdir

(`importlib.util.LazyLoader` would load the modules at their second `import` already.)
"""

from __future__ import annotations

import _thread
import gc
import os
import sys
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

INTERRUPTED = 130  # exit code after Ctrl-C
INTERRUPT_DELAY_SECONDS = 0.01
DEFERRED = (
    "subprocess", "bz2", "lzma", "zlib", "ipaddress", "tokenize", "token", "linecache", "fnmatch", "ntpath", "textwrap",
    "platform", "shellingham", "glob", "ast", "dis",
)  # fmt: skip
# Of these modules, Typer imports functions, or a class that it only compares with others, by their names. Everybody
# else gets the modules themselves: `end_deferred_functions`.
DEFERRED_FUNCTIONS = {
    "uuid": ("UUID",),
    "difflib": ("get_close_matches",),
    "copy": ("copy",),
    "urllib.parse": ("quote_from_bytes",),
    "gettext": ("gettext", "ngettext"),
    "shutil": ("get_terminal_size",),
    "traceback": ("FrameSummary", "StackSummary"),
    "typer.completion": ("get_completion_inspect_parameters",),
    "threading": (),
    "pathlib": (),
}


class _Path:
    """Stands for pathlib.Path, with which Typer compares the types of parameters: no command has one of that type."""


class _NodeVisitor:
    """Stands for ast.NodeVisitor, from which `inspect` derives a class; all it does is looked up in the real one."""

    def __getattr__(self, name: str) -> Any:
        import ast

        return getattr(ast.NodeVisitor, name).__get__(self)


# dis.COMPILER_FLAG_NAMES, those that Python 3.10 has: `inspect` makes constants of them
COMPILER_FLAGS = {
    1: "OPTIMIZED", 2: "NEWLOCALS", 4: "VARARGS", 8: "VARKEYWORDS", 16: "NESTED", 32: "GENERATOR", 64: "NOFREE",
    128: "COROUTINE", 256: "ITERABLE_COROUTINE", 512: "ASYNC_GENERATOR",
}  # fmt: skip
# what is used while Typer is imported, in the place of what the deferred modules hold
AT_ONCE: dict[str, tuple[str, object]] = {
    "threading": ("local", _thread._local),
    "pathlib": ("Path", _Path),
    "ast": ("NodeVisitor", _NodeVisitor),
    "dis": ("COMPILER_FLAG_NAMES", COMPILER_FLAGS),
}


class _Deferred(ModuleType):
    """Stands for a module until one of its attributes is used."""

    def __getattr__(self, name: str) -> object:
        # the import system's own questions; `from token import *`, as tokenize has it, asks for __all__
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        if name in DEFERRED_FUNCTIONS.get(self.__name__, ()):
            return partial(_call, self.__name__, name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        found: object = getattr(module, name)
        return found


def _call(module: str, name: str, *arguments: object, **options: object) -> object:
    """Call a function of a module that is loaded only now."""
    if isinstance(sys.modules.get(module), _Deferred):
        del sys.modules[module]
    return getattr(import_module(module), name)(*arguments, **options)


def defer_imports() -> None:
    """Load the modules of DEFERRED when they are first used, not when they are imported."""
    for name in (*DEFERRED, *DEFERRED_FUNCTIONS):
        sys.modules.setdefault(name, _Deferred(name))
    for name, (attribute, found) in AT_ONCE.items():
        if isinstance(module := sys.modules[name], _Deferred):
            setattr(module, attribute, found)


def end_deferred_functions() -> None:
    """Once Typer is imported, let others import the modules of DEFERRED_FUNCTIONS as they are."""
    for name in DEFERRED_FUNCTIONS:
        if isinstance(sys.modules.get(name), _Deferred):
            del sys.modules[name]


def collect_garbage(enabled: bool) -> None:
    """Whether garbage is collected: not in a command that is over in a moment, but in a live view or a server."""
    if enabled:
        gc.enable()
    else:
        gc.disable()


def keep_interrupts() -> None:
    """Let Ctrl-C end the process even where Python drops its exception, as it does within a `__del__`."""
    sys.unraisablehook = _interrupt_again


def _interrupt_again(dropped: Any) -> None:
    if not isinstance(dropped.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)
        return
    import signal

    # not at once: an exception within this function would be dropped as well
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, INTERRUPT_DELAY_SECONDS)


def exit_now(code: int) -> NoReturn:
    """End the process once everything is written, without finalizing the interpreter."""
    if sys.gettrace() or sys.getprofile():  # whoever measures wants to report
        sys.exit(code)
    # after Ctrl-C nothing more is written: whoever reads may have stopped reading
    for stream in () if code == INTERRUPTED else (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except KeyboardInterrupt:
            os._exit(INTERRUPTED)
        except (OSError, ValueError, AttributeError):  # nobody reads any more, or it was closed
            pass
    os._exit(code)
