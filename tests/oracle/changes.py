"""Random changes to a logdir: rows, slices, configs, metadata, consoles, as old versions, hands and accidents leave them.

Left out is what swancli answers otherwise on purpose where swanboard gives an answer and no failure.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path
from random import Random

TEXTS = ("", " ", "x", "a/b", "a%20b", "é", "e\u0301", "\u2028", "\x7f\x85", "n\nl", '"q"', "\\", "中文", "😀", "0", "1.5",
         "null", "o'x", "\t", "\x01", "<b>[red]")  # fmt: skip
WHOLES = (0, 1, -1, 2, 3, 7, 100, -2, 2**31, 2**62, -(2**63))
CELLS = (None, *TEXTS, *WHOLES, 1.5, 0.1, 1e300, 1e-7, '{"data_class":"str","excepted":"float"}', "[1]", "{", b"\x00x")
TOLD = ("status", "sort", "opened", "pinned_opened", "hidden_opened", "show", "sum", "error", "type", "tag_id",
        "chart_id", "namespace_id")  # fmt: skip
NUMBERS = ("0", "-0", "-0.0", "1", "1.0", "1e5", "1E5", "1e-7", "1e400", "-1e400", "1e-400", "0.1", "5e-324", "1e22",
           "1e16", "123456789012345678901234567890", "9223372036854775808", "123456789.123456789", "NaN", "Infinity",
           '"NaN"', '"INF"', "null", "true", '"text"', '"3"', "[]", '["a"]', "[1,2]", "{}", '{"a":1}', '""',
           '"\\u00e9\\ud83d\\ude00"', '"\\ud800"')  # fmt: skip
STEPS = ("3", "-1", '"3"', "1.9", "1e2", "true", "null", '"x"', "99999999999999999999", '" 7 "', '"1_0"', "2", "-0",
         "0.5", '"٣"')  # fmt: skip
COUNTS = (1, 2, 10, 1499, 1500, 1501, 1502, 1600, 2000, 2997, 2998, 2999, 3000, 3100, 4500)
SLICES = ("2000.log", "3000.log", "5000.log", "1000.log.bak", "9000.LOG")
YAML = ("a", "lr", "1", "1.5", "true", "~", "yes", "off", "0x1f", "017", "0o17", "12:30", "1_000", ".5", "1.", "1e3",
        "1e-4", "1.0e+3", '"2"', "2", "-0", ".inf", ".nan", "+1", '"null"', "é", "2001-01-01", "=", "''", "1:2:3",
        "190:20:30.15", "0b101", "_", "0.0", "-.5e+3", "NULL", "FALSE", "y", '"\\u00e9\\x01"', "[1,2]", "{a: 1}",
        "!!python/tuple [1,2]", "!!set {a,b}", "!!binary aGk=", "!!omap [a: 1]", "!!float 1", "1e400",
        "123456789012345678901234567890", '"a\\nb"')  # fmt: skip
CONFIGS = ("", " ", "---\n", "- a\n- b\n", "x", "1", "a: 1\n---\nb: 2", "# c", "%YAML 1.1\n---\na: 1", "\ufeffa: 1",
           "a: |\n  x\n  y\n", "a: >-\n  x\n  y\n", "a:\tb", "a: &x [1]\nb: *x", "a: b: c", "{a: 1, a: 2}", "a: !x 1")  # fmt: skip
METADATA = ("", "{}", "[]", "null", "1", '{"a":NaN}', '{"a":1,"a":2}', "{", ' {"x":1} \n', '{"a":1e400}', "\ufeff{}",
            '{"a":1E5,"b":-0,"c":123456789012345678901234567890}', '"s"', '{"é":"\\u0000\\u2028"}', " ")  # fmt: skip
SUMMARIES = ("", "{", "[]", "{}", "null", '{"max":1}', '{"min":2,"max":1,"sum":3}', '{"max":1,"max":2,"min":0}')
DAYS = ("2024-01-01.log", "2024-01-02.log", "2030-12-31.log", "error.log")
CONSOLES = ("", "\n", "one", "one two\n", " lead\n", "a b\nc d", "a\r\nb\r\n", "a\rb", "\n\n", "a\n\n", " \n",
            "x\x0by\x1cz\u2028w\n", "\t1 x\n2 y\n", "é ü\n", "\ufeffa b\n", "a\x00b\n")  # fmt: skip


def change(random: Random, logdir: Path) -> None:
    """Change one to three things."""
    for _ in range(random.choice([1, 1, 2, 3])):
        random.choice([rows, slices, slices, config, metadata, console])(random, logdir)


def rows(random: Random, logdir: Path) -> None:
    """Cells of any type, rows that are gone, doubled or have another id; charts pinned and hidden."""
    database = sqlite3.connect(logdir / "runs.swanlab")
    tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
    for _ in range(random.choice([1, 1, 2, 3, 6])):
        table = random.choice(tables)
        columns = [name for _, name, *_ in database.execute(f'pragma table_info("{table}")') if name != "project_id"]
        ids = [id for (id,) in database.execute(f'select rowid from "{table}"')]
        if not ids:
            continue
        others = ",".join(f'"{name}"' for name in columns if name != "id")
        told = [name for name in columns if name in TOLD] or columns
        free = [name for name in columns if name != "folder"]
        one, other = random.choice(ids), max(ids) + random.randrange(1, 4)
        statement, values = random.choice(
            [
                (f'delete from "{table}" where rowid = ?', (one,)),
                (f'insert into "{table}" (id,{others}) select ?,{others} from "{table}" where rowid = ?', (other, one)),
                (f'update "{table}" set id = ? where rowid = ?', (random.choice([other, 0, -3, 2**40]), one)),
                *2 * [(f'update "{table}" set "{random.choice(told)}" = ?', (random.choice(WHOLES[:6]),))],
                *3 * [(f'update "{table}" set "{random.choice(told)}" = ? where rowid = ?', (random.choice(CELLS), one))],
                *4 * [(f'update "{table}" set "{random.choice(free)}" = ? where rowid = ?', (random.choice(CELLS), one))],
            ]
        )  # fmt: skip
        try:
            database.execute(statement, values)
        except sqlite3.IntegrityError:  # two of a name, or no name
            continue
    if random.random() < 0.25:
        for (id,) in database.execute("select id from chart where id % 2").fetchall():
            cells = random.choice([-1, 0, 1]), random.choice([None, 0, 1, 2, 3, 9]), id
            database.execute("update chart set status = ?, sort = ? where id = ?", cells)
    database.commit()
    database.close()


def slices(random: Random, logdir: Path) -> None:
    """Lines that are odd, out of order, cut short, or many; files of other names; another _summary.json."""
    paths = sorted(logdir.glob("*/logs/*/*.log"))
    if not paths or not (path := random.choice(paths)).is_file():
        return
    lines = path.read_bytes().split(b"\n")
    kind = random.choice(["odd"] * 4 + ["order", "ends", "open", "none", "many", "many", "name", "summary"])
    if kind == "odd":
        for _ in range(random.choice([1, 1, 2, 4])):
            at = random.randrange(len(lines))
            lines[at] = _odd(random, lines[at].decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    elif kind == "order":
        random.shuffle(lines)
    elif kind == "ends":
        lines = [line + b"\r" for line in lines[:-1]] + lines[-1:]
    elif kind == "open":
        lines = lines[:-1]
    elif kind == "none":
        lines = []
    elif kind == "many":
        lines = _many(random)
    elif kind == "name":
        target = path.with_name(random.choice(SLICES))
        if not target.exists():
            path.rename(target)
        return
    else:
        ends = f'{{"max":{random.choice(NUMBERS)},"min":{random.choice(NUMBERS)}}}'
        path.with_name("_summary.json").write_text(random.choice([*SUMMARIES, ends, ends, ends]))
        return
    path.write_bytes(b"\n".join(lines))


def _odd(random: Random, line: str) -> str:
    kind = random.randrange(10)
    if kind < 3:
        return re.sub(r'("index": ?)[^,}]+', lambda found: found[1] + random.choice(STEPS), line, count=1)
    if kind < 6:
        value = r'("data": ?)("[^"]*"|[^,}\[{]+|\[[^]]*\])'
        return re.sub(value, lambda found: found[1] + random.choice(NUMBERS), line, count=1)
    if kind == 6:
        return random.choice(["", "[]", "1", "null", '{"index":1,"data":2}', '{"data":2,"index":1,"x":"y"}', "// c"])
    if kind == 7:
        return random.choice([line[: random.randrange(len(line) + 1)], line + "\n" + line, line + "}", line + "\x00"])
    if kind == 8:
        return random.choice([" ", "\t", "\ufeff", "\x0c"]) + line + random.choice(["", " ", "\r", "\t", "\x0b"])
    more = random.choice(['"more":null,', '"x":1e5,', '"index":7,', '"data":1,', '"é":"\\u00e9",'])
    return line.replace("{", "{" + more, 1)


def _many(random: Random) -> list[bytes]:
    value = random.choice(
        [
            lambda n: repr(random.gauss(0, 1)),
            lambda n: str(n % 7),
            lambda n: "0.5",
            lambda n: random.choice(["1", "2.5", "1e300", "-1e308", "1e-320"]),
            lambda n: str(random.randrange(10**20)),
            lambda n: repr(random.random() * 10 ** random.randrange(-12, 12)),
        ]
    )
    step = random.choice(
        [lambda n: n, lambda n: n * 10, lambda n: n // 2, lambda n: random.randrange(-50, 5000), lambda n: -n]
    )
    count = random.choice(COUNTS)
    return [b'{"index":%d,"data":%b,"create_time":"t"}' % (step(n), value(n).encode()) for n in range(count)] + [b""]


def config(random: Random, logdir: Path) -> None:
    """A config.yaml of whatever YAML 1.1 has."""
    text = _yaml(random, 0) if random.random() < 0.85 else random.choice(CONFIGS)
    _write(random, logdir, "files/config.yaml", text)


def _yaml(random: Random, depth: int) -> str:
    pad, lines = "  " * depth, []
    for _ in range(random.randrange(1, 5)):
        key, kind = random.choice(YAML), random.random()
        if depth < 2 and kind < 0.3:
            lines.append(f"{pad}{key}:\n{_yaml(random, depth + 1)}")
        elif kind < 0.45:
            lines.append(f"{pad}{key}:\n{pad}- {random.choice(YAML)}\n{pad}- {random.choice(YAML)}")
        else:
            lines.append(f"{pad}{key}: {random.choice(YAML)}{random.choice(['', '', ' # c'])}")
    return "\n".join(lines)


def metadata(random: Random, logdir: Path) -> None:
    """Another swanlab-metadata.json."""
    _write(random, logdir, "files/swanlab-metadata.json", random.choice(METADATA))


def console(random: Random, logdir: Path) -> None:
    """Some days, an error, or no console at all."""
    if run := _run(random, logdir):
        if random.random() < 0.4:
            shutil.rmtree(run / "console", ignore_errors=True)
        for _ in range(random.randrange(4)):
            (run / "console").mkdir(exist_ok=True)
            (run / "console" / random.choice(DAYS)).write_bytes(random.choice(CONSOLES).encode())


def _write(random: Random, logdir: Path, name: str, text: str) -> None:
    if run := _run(random, logdir):
        (run / "files").mkdir(exist_ok=True)
        (run / name).write_text(text, encoding="utf-8")


def _run(random: Random, logdir: Path) -> Path | None:
    runs = sorted(path for path in logdir.iterdir() if path.is_dir() and path.name.startswith("run"))
    return random.choice(runs) if runs else None
