"""Writes docs/pictures/*.svg: the real command in a real terminal, on the sample.

Ages ("8 months ago") are those of the day on which the pictures were made.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import re
import sys
import tempfile
import time
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
SECONDS_A_KEY = 2.0  # until all is drawn
HOME = "/data/llm"  # where the sample lies in the pictures
PICTURES = {  # name: words of the command, columns, lines
    "project": (["project"], 100, 24),
    "summary": (["summary", "1"], 100, 24),
    "metric": (["metric", "1", "train/loss", "--smooth", "0.8"], 100, 30),
    "logs": (["logs", "2", "--tail", "10"], 100, 24),
}
VIEWS = {  # name: keys that are pressed in `swancli top`, columns, lines
    "top": ("j  2", 120, 36),
    "top-80x24": ("jj2", 80, 24),
    "top-200x50": ("jj", 200, 50),
}


def view(name: str) -> str:
    """The SVG of one of VIEWS: the screen of the real view in a terminal of that size."""
    import pexpect
    import pyte
    from rich.text import Text

    from swancli.demo import write_demo

    keys, columns, lines = VIEWS[name]
    shown = pyte.Screen(columns, lines)
    stream = pyte.ByteStream(shown)
    with tempfile.TemporaryDirectory() as folder:
        write_demo(os.path.join(folder, "swanlog"))
        env = environment() | {"XDG_STATE_HOME": folder, "XDG_CONFIG_HOME": folder}
        argv = ["-m", "swancli", "top"]
        child = pexpect.spawn(sys.executable, argv, cwd=folder, env=env, dimensions=(lines, columns))
        for key in (*keys, ""):
            end = time.monotonic() + SECONDS_A_KEY
            while time.monotonic() < end:
                with contextlib.suppress(pexpect.TIMEOUT):
                    stream.feed(child.read_nonblocking(65536, 0.1))
            child.send(key)
        child.close(force=True)
    texts = []
    for n in range(lines):
        text = Text()
        signs = (shown.buffer[n][column] for column in range(columns))
        for style, part in itertools.groupby(signs, _style):
            text.append("".join(sign.data for sign in part), style)
        texts.append(text)
    console = recorder(columns)
    for text in texts:
        console.print(text, soft_wrap=True)
    return finished(console, name)


def screen(words: list[str], columns: int, lines: int) -> str:
    """What the command prints on a terminal of that size, with its colours."""
    import pexpect

    from swancli.demo import write_demo

    with tempfile.TemporaryDirectory() as folder:
        write_demo(os.path.join(folder, "swanlog"))
        env = environment()
        shown, status = pexpect.run(
            " ".join([sys.executable, "-m", "swancli", *words, "--no-pager"]),
            cwd=folder,
            env=env,
            withexitstatus=True,
            dimensions=(lines, columns),
            encoding="utf-8",
        )
    if status:
        raise SystemExit(f"swancli {' '.join(words)} ended with {status}:\n{shown}")
    return str(shown).replace("\r\n", "\n").replace(folder, HOME)


def _style(sign: Any) -> str:
    """The style, for rich, of a character on a screen of pyte."""
    names = [name for name in ("bold", "reverse") if getattr(sign, name)]
    names += ["underline"] if sign.underscore else []
    return " ".join([*names, *([] if sign.fg == "default" else [f"#{sign.fg}"])])


def environment() -> dict[str, str]:
    """The environment of a command in a terminal of 256 colours."""
    names = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "SWANCLI_URL", "SWANLAB_LOG_DIR", "COLORTERM")
    env = {key: value for key, value in os.environ.items() if key not in names}
    return env | {"TERM": "xterm-256color", "TZ": "UTC", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}


def recorder(columns: int) -> Console:
    """A console that records what is printed."""
    from rich.console import Console

    return Console(
        record=True,
        width=columns,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )


def picture(name: str) -> str:
    """The SVG of one of PICTURES."""
    from rich.text import Text

    words, columns, lines = PICTURES[name]
    typed = f"$ swancli {' '.join(words)}"
    console = recorder(columns)
    console.print(Text(typed, style="bold"))
    console.print(Text.from_ansi(screen(words, columns, lines)), soft_wrap=True)
    return finished(console, name)


def finished(console: Console, name: str) -> str:
    """The SVG of what a console has recorded."""
    from rich.terminal_theme import MONOKAI

    svg = console.export_svg(title="swancli", theme=MONOKAI, unique_id=name)
    # no fonts from the network: whoever shows the picture has a monospaced one
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code, monospace", "monospace")
    svg = TEXT.sub(_with_dots, svg)
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


TEXT = re.compile(r'<text class="(\S+)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"[^>]*>([^<]*)</text>')
BITS = (0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80)  # of a braille cell, by row: left and right dot
CELL = 12.2, 24.4  # what rich makes of a character


def _with_dots(match: re.Match[str]) -> str:
    """A text element of which the braille is drawn: not every font has it."""
    style, x, y, _, escaped = match.groups()
    text = unescape(escaped)
    dots = []
    for n, sign in enumerate(text):
        bits = ord(sign) - 0x2800 if "\u2800" <= sign <= "\u28ff" else 0
        for row, pair in enumerate(BITS):
            for column, bit in enumerate(pair):
                if bits & bit:
                    left = float(x) + (n + 0.15 + 0.5 * column) * CELL[0]
                    top = float(y) + (-0.74 + 0.25 * row) * CELL[1]
                    dots.append(f"M{left:.1f} {top:.1f}h3v3h-3z")
    if not dots:
        return match[0]
    rest = "".join("\xa0" if "\u2800" <= sign <= "\u28ff" else sign for sign in text)
    kept = match[0].replace(f">{escaped}<", f">{escape(rest)}<") if rest.strip() else ""
    return f'{kept}<path class="{style}" d="{"".join(dots)}"/>'


def main() -> int:
    """Write all pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (FOLDER / f"{name}.svg").write_text(picture(name), encoding="utf-8")
        print(f"wrote docs/pictures/{name}.svg")
    for name in VIEWS:
        (FOLDER / f"{name}.svg").write_text(view(name), encoding="utf-8")
        print(f"wrote docs/pictures/{name}.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
