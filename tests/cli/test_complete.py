"""TAB in the real shells: type, press TAB, read what stands on the line."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts.make_docs import made
from swancli.cli import complete
from swancli.cli.commands import tree
from swancli.demo import SAMPLE, write_demo
from swancli.endpoints import PROJECT, SUMMARY
from swancli.manual.tree import SHELLS, commands
from swancli.source import LocalSource
from tests.support.shells import ODD, ROOT, Shell, loading, odd_logdir

SCRIPTS = ROOT / "completions"
programs = pytest.mark.programs
each_shell = pytest.mark.parametrize("name", SHELLS)


@pytest.fixture(scope="module", params=SHELLS)
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Each shell in turn, in a folder with the sample as ./swanlog and a few others beside it."""
    folder = tmp_path_factory.mktemp(request.param)
    write_demo(str(folder / "swanlog"))
    odd_logdir(folder / "odd logs")
    (folder / "token.txt").write_text("secret")
    with Shell(request.param, folder, loading(request.param, SCRIPTS)) as found:
        yield found


def test_what_lies_in_the_repository_is_what_is_generated() -> None:
    for name, text in made().items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make docs"


def test_every_option_of_every_command_stands_in_every_script() -> None:
    for script in ("swancli.bash", "_swancli", "swancli.fish"):
        text = (SCRIPTS / script).read_text(encoding="utf-8")
        for command in commands(tree()):
            assert command.name in text
            for option in command.options:
                for name in option.names:
                    in_fish = f"-l {name[2:]} " if name.startswith("--") else f"-s {name[1]} "
                    assert (in_fish if script == "swancli.fish" else name) in text, (script, name)


@programs
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("swancli expe", "swancli experiment "),
        ("swancli -l swanlog sum", "swancli -l swanlog summary "),
        ("swancli --logdir=swanlog sum", "swancli --logdir=swanlog summary "),
        ("swancli metric --lo", "swancli metric --log"),
        ("swancli metric --smo", "swancli metric --smooth "),
        ("swancli summary --sort v", "swancli summary --sort value "),
        ("swancli project --best ma", "swancli project --best max "),
        ("swancli project -o js", "swancli project -o json"),
        ("swancli metric 1 train/loss --x rel", "swancli metric 1 train/loss --x relative "),
        ("swancli completion z", "swancli completion zsh "),
        ("swancli help exit", "swancli help exit-codes "),
        ("swancli help metr", "swancli help metric "),
        ("swancli -l swan", "swancli -l swanlog/"),
        ("swancli project -l swan", "swancli project -l swanlog/"),
        ("swancli -l odd", "swancli -l odd\\ logs/"),
        ("swancli -l swanlog/runs.sw", "swancli -l swanlog/runs.swanlab "),
        ("swancli project -l swanlog/ru", "swancli project -l swanlog/run"),
        ("swancli --token-file tok", "swancli --token-file token.txt "),
    ],
)
def test_tab_completes_words_without_starting_swancli(shell: Shell, typed: str, line: str) -> None:
    before = len(shell.calls())
    assert shell.complete(typed).rstrip(" =") == line.rstrip()
    assert len(shell.calls()) == before


@programs
@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("swancli summary la", "swancli summary latest"),
        ("swancli summary eval", "swancli summary eval/checkpoints"),
        ("swancli summary run-20250323", "swancli summary run-20250323_153000-tun0tbvoss37djgbrhrma"),
        ("swancli metric 1 train/gr", "swancli metric 1 train/grad_norm"),
        ("swancli metric latest sam", "swancli metric latest samples/who\\ are\\ you"),
        ("swancli metric eval/checkpoints bench/m", "swancli metric eval/checkpoints bench/mmlu"),
        ("swancli metric 1 train/loss train/gr", "swancli metric 1 train/loss train/grad_norm"),
        ("swancli metric -o csv 1 train/gr", "swancli metric -o csv 1 train/grad_norm"),
        ("swancli metric 1,2 train/gr", "swancli metric 1,2 train/grad_norm"),
        ("swancli summary -w 5 eval", "swancli summary -w 5 eval/checkpoints"),
        ("swancli metric -w 0.5 1 train/gr", "swancli metric -w 0.5 1 train/grad_norm"),
        ("swancli project --metric tok", "swancli project --metric tokens_per_second"),
        ("swancli project --metric=tok", "swancli project --metric=tokens_per_second"),
        ("swancli project --sort config.lea", "swancli project --sort config.learning_rate"),
        ("swancli project --columns id,config.se", "swancli project --columns id,config.seed"),
        ("swancli project -F train/gr", "swancli project -F train/grad_norm"),
        ("swancli project --state cra", "swancli project --state crashed"),
        ("swancli status @cra", "swancli status @crashed"),
        ("swancli summary 1,2 train/gr", "swancli summary 1,2 train/grad_norm"),
        ("swancli compare 1 eval", "swancli compare 1 eval/checkpoints"),
        ("swancli wait @fini", "swancli wait @finished"),
        ("swancli wait 1 --for train/gr", "swancli wait 1 --for train/grad_norm"),
        ("swancli check la", "swancli check latest"),
        ("swancli check 1 config.lea", "swancli check 1 config.learning_rate"),
    ],
)
def test_tab_completes_experiments_and_metrics(shell: Shell, typed: str, line: str) -> None:
    assert shell.complete(typed).rstrip() == line


@programs
@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_second_value_of_an_option_and_one_with_a_minus_sign_are_columns(name: str, tmp_path: Path) -> None:
    write_demo(str(tmp_path / "swanlog"))
    with Shell(name, tmp_path, loading(name, SCRIPTS)) as shell:
        line = "swancli summary --best 2 config.lea"
        assert shell.complete(line).rstrip() == "swancli summary --best 2 config.learning_rate"
        assert shell.complete("swancli project --sort -dur").rstrip() == "swancli project --sort -duration"


@programs
def test_a_list_of_experiments_shows_names_and_states(shell: Shell) -> None:
    screen = shell.listing("swancli status ", "crashed", "finished", "latest")
    assert "Qwen2.5-7B/20250322-0903-lr1e-3" in screen


@programs
@pytest.mark.parametrize("name", ODD)
def test_odd_names_reach_the_program_as_they_are(shell: Shell, name: str) -> None:
    typed = "".join(f"\\{sign}" if sign in "'\"$*!()" else sign for sign in name[:2])
    arguments = shell.arguments(f"swancli metric -l odd\\ logs 1 {typed}")
    assert arguments == ["metric", "-l", "odd logs", "1", name]


@programs
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ('"say', ODD[1]),
        ("'say", ODD[1]),
        ('"odd:col', ODD[2]),
        ("'cost $HO", ODD[3]),
        ("odd:col", ODD[2]),
        ("odd:colon=e", ODD[2]),
    ],
)
def test_open_quotes_and_word_breaks_are_honoured(shell: Shell, typed: str, name: str) -> None:
    arguments = shell.arguments(f"swancli metric -l odd\\ logs 1 {typed}")
    assert arguments[-1] == name


@programs
def test_an_experiment_with_an_odd_name_can_be_asked_for_its_metrics(shell: Shell) -> None:
    assert shell.arguments("swancli summary -l odd\\ logs my")[-1] == "my run: 'best' (of 3)"


@programs
@pytest.mark.parametrize("where", ["-l nowhere", "-l token.txt", "-u http://127.0.0.1:9", "-u nonsense://x"])
def test_failure_is_silent(shell: Shell, where: str) -> None:
    typed = f"swancli summary {where} lat"
    assert shell.complete(typed).rstrip() == typed
    assert "rror" not in shell.screen
    assert "Traceback" not in shell.screen


class Dashboard(BaseHTTPRequestHandler):
    """The API's project and summaries, from the sample; the token in `wanted` is asked for."""

    wanted = "Bearer secret"

    def do_GET(self) -> None:
        """Answer like a dashboard."""
        source = LocalSource(SAMPLE)
        if self.headers["authorization"] != self.wanted:
            return self.send_error(401)
        words = self.path.split("/")
        reply = source.get(SUMMARY, experiment=int(words[4])) if "summary" in words else source.get(PROJECT)
        self.send_response(reply.status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(reply.read())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A dashboard that wants a token."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Dashboard)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@programs
def test_a_dashboard_is_asked_too(shell: Shell, url: str) -> None:
    where = f"-u {url} --token-file token.txt"
    line = f"swancli {where} summary eval/checkpoints"
    assert shell.complete(f"swancli {where} summary ev").rstrip() == line
    line = f"swancli metric {where} 3 bench/mmlu"
    assert shell.complete(f"swancli metric {where} 3 bench/m").rstrip() == line


def test_a_dashboard_that_does_not_answer_is_given_up_in_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        words = [sys.executable, "-m", "swancli", "__complete", "exp", "", "", url, "", ""]
        run = subprocess.run(words, capture_output=True, timeout=60)
    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")


def test_a_candidate_that_can_not_be_typed_is_left_out() -> None:
    class Hostile(LocalSource):
        def metrics(self, experiment: object) -> list[str]:
            return ["fine", "two\nlines", "esc\x1b[31m", "rtl\u202e", ""]

    assert list(complete.candidates(Hostile(SAMPLE), "metrics", "", ["1"])) == [("fine", "")]


def test_a_name_that_fits_two_experiments_is_no_candidate(tmp_path: Path) -> None:
    class Twins(LocalSource):
        def experiments(self) -> list[dict[str, object]]:
            return [{**row, "name": "twin"} for row in super().experiments()]

    found = [value for value, _ in complete.candidates(Twins(SAMPLE), "exp", "", [])]
    assert found == ["1", "2", "3", "latest"]


def test_a_list_with_commas_goes_on_with_the_other_ids() -> None:
    found = [value for value, _ in complete.candidates(LocalSource(SAMPLE), "metrics", "1,", [])]
    assert found == ["1,2", "1,3"]


def test_of_a_logdir_with_one_experiment_the_metrics_are_offered_at_once() -> None:
    class One(LocalSource):
        def experiments(self) -> list[dict[str, object]]:
            return super().experiments()[:1]

    found = [value for value, _ in complete.candidates(One(SAMPLE), "metrics", "", [])]
    assert found[0] == "1"
    assert "train/loss" in found
    found = [value for value, _ in complete.candidates(One(SAMPLE), "metrics", "", ["train/loss"])]
    assert "train/grad_norm" in found
    assert "train/loss" not in found


def test_a_tab_loads_neither_typer_nor_rich_nor_httpx() -> None:
    code = (
        "import os, sys; from swancli.cli import complete;"
        "loaded = lambda: sorted({name.partition('.')[0] for name in sys.modules});"
        "os._exit = lambda code: print(*loaded(), file=sys.stderr);"
        f"complete.main(['exp', '', {SAMPLE!r}, '', '', ''])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("1\tfinished")
    assert not {"typer", "rich", "httpx", "yaml", "inspect", "asyncio", "dataclasses"} & set(run.stderr.split())


@pytest.mark.parametrize(
    ("kind", "typed", "offered", "others"),
    [
        ("column", "", ["state", "config.seed", "train/loss", "config.judge.votes"], ["min(train/loss)", "@running"]),
        ("column", "m", ["mode", "min(train/loss)", "max(train/loss)", "mean(train/loss)"], ["points(train/loss)"]),
        ("column", "min(tr", ["min(train/loss)"], ["max(train/loss)", "train/loss(", "config.seed"]),
        ("column", "-min(", ["-min(train/loss)"], []),
        ("column", "state=", ["state=running"], ["state"]),
        ("columns", "id,min(train/loss),co", ["id,min(train/loss),config.seed"], ["config.seed"]),
        ("columns", "id, min(tr", ["id, min(train/loss)"], []),
        ("exps", "", ["1", "latest"], ["@running", "all"]),
        ("exps", "@", ["@running", "@crashed"], []),
        ("exps", "latest~", ["latest~0", "latest~2"], ["latest~3"]),
        ("exps", "a", ["all"], []),
        ("exps", "1,", ["1,2", "1,3"], ["1,1"]),
        ("exp", "@", [], ["@running"]),
    ],
)
def test_columns_and_several_experiments_are_offered(
    kind: str, typed: str, offered: list[str], others: list[str]
) -> None:
    found = [value for value, _ in complete.candidates(LocalSource(SAMPLE), kind, typed, [])]
    assert [value for value in offered if value not in found] == []
    assert [value for value in others if value in found] == []
