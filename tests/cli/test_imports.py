"""What a command costs: modules loaded, files opened, bytes read; it grows with what is asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import environment
from tests.support.logdirs import Logdir, points
from tests.support.sweep import sweep

HEAVY = {
    "rich", "httpx", "httpcore", "yaml", "starlette", "uvicorn", "asyncio", "ssl", "socket", "selectors", "email", "http.client",
    "pydantic", "numpy", "textual", "swancli.screen", "swancli.remote", "swancli.server", "pygments", "markdown_it",
}  # fmt: skip

MODULES = """
import os, sys
os._exit = sys.exit  # the process is to tell what it did
from swancli.__main__ import main
sys.argv = ["swancli", *sys.argv[1:]]
try:
    main()
finally:
    print(*sorted(sys.modules), file=sys.stderr)
"""

# Counts what is opened and read below the logdir.
READS = """
import json, os, sys
root, sys.argv = os.path.realpath(sys.argv[1]), ["swancli", *sys.argv[2:]]
opened, read = [], 0
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(root):
        opened.append(arguments[0])
sys.addaudithook(hook)
def counted(function):
    def call(*arguments):
        global read
        data = function(*arguments)
        read += len(data)
        return data
    return call
os.read, os.pread = counted(os.read), counted(os.pread)
os._exit = sys.exit
from swancli.__main__ import main
try:
    main()
finally:
    print(json.dumps({"opened": opened, "read": read}), file=sys.stderr)
"""


def modules(*words: str) -> set[str]:
    """The modules that a command line loaded."""
    done = subprocess.run(
        [sys.executable, "-c", MODULES, *words], capture_output=True, timeout=60, env=environment(), check=True
    )
    return set(done.stderr.decode().split())


def cost(path: Path, *words: str) -> dict[str, Any]:
    """Which files below a logdir a command line opened, and how many bytes it read."""
    done = subprocess.run(
        [sys.executable, "-c", READS, str(path), *words, "-l", str(path)],
        capture_output=True, timeout=60, env=environment(), check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stderr.decode().splitlines()[-1])
    return found


def written(path: Path, count: int, metrics: int = 2) -> Path:
    """A logdir whose one run has metrics of so many points, and as many lines of console."""
    logdir = Logdir(path)
    run = logdir.run()
    for n in range(metrics):
        run.metric(f"m{n}", points(count), summary={"max": 1.0, "max_step": 1, "min": 0.0, "min_step": 2})
        run.chart(f"m{n}")
    run.console("2025-03-21.log", "".join(f"{n} a line of the console\n" for n in range(count)))
    return logdir.close()


@pytest.mark.parametrize(
    "words",
    ["metric 1 m0 --json", "metric 1 m0 m1 --json", "metric 1 * --json --all", "summary 1 --json", "status 1 --json",
     "charts 1 --json", "experiment 1 --json", "project --json", "logs 1 --json", "metric 1 m0", "logs 1",
     "metric 1 m0 -o csv", "summary 1", "status 1", "project", "--version"],
)  # fmt: skip
def test_command_loads_nothing_heavy(tmp_path: Path, words: str) -> None:
    path = written(tmp_path, 10)
    loaded = modules(*words.split(), *(["-l", str(path)] if words != "--version" else []))
    assert "swancli.cli.commands" in loaded
    assert not {name for name in loaded if name in HEAVY or name.split(".")[0] in HEAVY}


DEFERRED = """
import os, sys
from swancli.cli import startup
os._exit = sys.exit
from swancli.__main__ import main
sys.argv = ["swancli", *sys.argv[1:]]
try:
    main()
finally:
    stand_ins = [name for name, module in sys.modules.items() if type(module) is startup._Deferred]
    names = {*startup.DEFERRED, *startup.DEFERRED_FUNCTIONS}
    print(*sorted(names.intersection(sys.modules) - set(stand_ins)), file=sys.stderr)
    assert not set(startup.DEFERRED_FUNCTIONS) & set(stand_ins)
    import copy, gettext, uuid
    assert isinstance(uuid.UUID(int=1), uuid.UUID)
    assert copy.deepcopy([1]) == [1]
    assert gettext.gettext("x") == "x"
    import typer.core, typer.main
    assert typer.core.get_close_matches("ab", ["abc"]) == ["abc"]
    assert typer.main.platform.system()
"""


@pytest.mark.parametrize("words", ["status 1 --json", "summary 1 --json", "--version"])
def test_what_typer_imports_for_other_commands_is_not_loaded(tmp_path: Path, words: str) -> None:
    argv = [sys.executable, "-c", DEFERRED, "-l", str(written(tmp_path, 10)), *words.split()]
    done = subprocess.run(argv, capture_output=True, timeout=60, env=environment())
    assert done.returncode == 0, done.stderr
    unused = {"platform", "uuid", "difflib", "subprocess", "bz2", "textwrap", "ast", "dis", "traceback"}
    assert not unused & set(done.stderr.decode().split())


def test_yaml_is_loaded_for_a_config_only(tmp_path: Path) -> None:
    path = written(tmp_path, 10)
    assert "yaml" not in modules("experiment", "1", "--json", "-l", str(path))
    (path / "run-20250321_125800-abc0def/files/config.yaml").write_text("a: 1")
    assert "yaml" in modules("experiment", "1", "--json", "-l", str(path))


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    ["summary 1", "summary 1 --json", "project", "charts 1", "status 1", "metric 1 m0 --tail 5", "metric 1 m0 --head 5",
     "project --json", "charts 1 --json", "logs 1 -n 5"],
)  # fmt: skip
def test_files_opened_and_bytes_read_do_not_grow_with_the_points(tmp_path: Path, words: str) -> None:
    few = cost(written(tmp_path / "few", 1000), *words.split())
    many = cost(written(tmp_path / "many", 20_000), *words.split())
    assert len(many["opened"]) == len(few["opened"])
    assert many["read"] < few["read"] + 20_000


def test_one_metric_of_many_opens_only_its_own_files(tmp_path: Path) -> None:
    path = written(tmp_path, 2500, metrics=12)
    opened = cost(path, "metric", "1", "m3", "--json")["opened"]
    assert {Path(name).parent.name for name in opened if "/logs/" in name} == {"m3"}
    assert not [name for name in opened if "/console" in name or "/files" in name]


def test_summary_reads_no_console_and_few_bytes_a_metric(tmp_path: Path) -> None:
    found = cost(written(tmp_path, 5000, metrics=10), "summary", "1", "--json")
    assert len([name for name in found["opened"] if "/logs/" in name]) == 10
    assert found["read"] < 10 * 6000
    assert not [name for name in found["opened"] if "/console" in name]


def test_steps_in_the_middle_read_the_slices_that_hold_them(tmp_path: Path) -> None:
    path = written(tmp_path, 40_000, metrics=1)
    found = cost(path, "metric", "1", "m0", "--steps", "20500:20510")
    assert len({name for name in found["opened"] if "/logs/" in name}) < 12
    assert found["read"] < 400_000


@pytest.mark.parametrize(
    ("words", "opened"),
    [
        (["--columns", "id,name,created,swanlab,metrics"], set()),
        (["--columns", "id,config.model", "-F", "config.opt.lr < 0.01"], {"config.yaml"}),
        (["--columns", "id", "-F", "min(acc) < 1"], {"_summary.json"}),
        (["--columns", "id", "--state", "finished"], set()),
    ],
)
def test_columns_of_runs_open_only_what_they_need(tmp_path: Path, words: list[str], opened: set[str]) -> None:
    path = sweep(tmp_path / "swanlog")
    for folder in path.glob("run-*/logs/acc"):
        (folder / "_summary.json").write_text('{"max": 0.5, "max_step": 1, "min": 0.25, "min_step": 2, "num": 2}')
    found = cost(path, "project", *words)["opened"]
    assert {Path(name).name for name in found if "/run-" in name} - {"error.log"} <= opened
    assert not opened or opened <= {Path(name).name for name in found}


def test_metrics_are_opened_only_of_the_runs_that_meet_the_other_conditions(tmp_path: Path) -> None:
    path = sweep(tmp_path / "swanlog")
    words = ["--columns", "id", "-F", "config.model = resnet18", "-F", "val/loss < 1"]
    found = cost(path, "project", *words)["opened"]
    assert len({Path(name).parts[-4] for name in found if "/logs/" in name}) == 2


def test_tail_of_a_long_log_reads_its_end(tmp_path: Path) -> None:
    path = written(tmp_path, 200_000, metrics=1)
    assert cost(path, "logs", "1", "--tail", "10")["read"] < 50_000


def test_a_module_that_takes_all_of_a_deferred_one_gets_all_of_it() -> None:
    text = """
from swancli.cli import startup
startup.defer_imports()
import io, tokenize
assert tokenize.ENCODING > 0
print([token.string for token in tokenize.generate_tokens(io.StringIO("a = 1").readline)][:3])
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment())
    assert done.stdout == "['a', '=', '1']\n", done.stderr


def test_inspect_has_what_the_deferred_modules_would_have_given_it() -> None:
    text = """
from swancli.cli import startup
startup.defer_imports()
import inspect, dis, sys
class Here:
    pass
assert "ast" not in sys.modules or type(sys.modules["ast"]) is startup._Deferred
import swancli.cli.options as options
assert inspect.getsource(options.Options).startswith("class Options(")
startup.end_deferred_functions()
del sys.modules["dis"]
import dis
assert startup.COMPILER_FLAGS.items() <= dis.COMPILER_FLAG_NAMES.items(), dis.COMPILER_FLAG_NAMES
"""
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr
