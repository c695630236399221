"""Which words mean a logdir on another machine."""

from pathlib import Path

import pytest

from swancli.errors import UsageError
from swancli.remote.ssh_target import is_ssh, parse


@pytest.mark.parametrize(
    ("text", "host", "port", "path"),
    [
        ("node7:/data/swanlog", "node7", None, "/data/swanlog"),
        ("user@node7:swanlog", "user@node7", None, "swanlog"),
        ("node7:", "node7", None, ""),
        ("node7:~/runs/a b", "node7", None, "~/runs/a b"),
        ("[::1]:/data", "::1", None, "/data"),
        ("user@[fe80::1%eth0]:/data", "user@fe80::1%eth0", None, "/data"),
        ("ssh://node7/data/swanlog", "node7", None, "/data/swanlog"),
        ("ssh://user@node7:2222/data/a%20b", "user@node7", 2222, "/data/a b"),
        ("ssh://node7/~/swanlog", "node7", None, "~/swanlog"),
        ("node7:a:b", "node7", None, "a:b"),
    ],
)
def test_address_has_a_host_a_port_and_a_path(text: str, host: str, port: int | None, path: str) -> None:
    assert is_ssh(text)
    assert parse(text) == (host, port, path)


@pytest.mark.parametrize("text", ["swanlog", "./a:b", "/data/a:b", "a/b:c", ":x", "", "http://node7:5092", "s3://a/b"])
def test_other_words_are_paths(text: str) -> None:
    assert not is_ssh(text)


def test_folder_with_a_colon_is_a_folder_where_it_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_ssh("node7:runs")
    (tmp_path / "node7:runs").mkdir()
    assert not is_ssh("node7:runs")


@pytest.mark.parametrize(
    "text",
    ["-oProxyCommand=touch x:/data", "u@-x:/data", "ssh://-x/data", "ssh://node7:x/data", "ssh:///data",
     "ssh://user:secret@node7/data", "no de:/data", "ssh://node7/a%0Ab"],
)  # fmt: skip
def test_address_that_could_be_an_option_or_hides_a_secret_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert "secret" not in str(caught.value)
