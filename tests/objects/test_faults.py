"""What goes wrong in object storage: one sentence that says what to do, and exit code 4."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from swancli import demo
from swancli.endpoints import METRIC, PROJECT
from swancli.errors import RemoteError, UsageError
from swancli.objects import bucket as bucket_module
from swancli.objects import mount
from swancli.objects.bucket import Bucket, Changed
from swancli.source import open_source
from tests.support.command import swancli
from tests.support.object_store import ObjectStore

ERROR = '<?xml version="1.0"?><Error><Code>{}</Code><Message>{}</Message></Error>'


@contextmanager
def server(status: int, code: str, message: str = "no", wait: threading.Event | None = None) -> Iterator[str]:
    """An S3 that answers everything in one way; with `wait` not before that."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if wait is not None:
                wait.wait(20)
            body = ERROR.format(code, message).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        thread = threading.Thread(target=found.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{found.server_address[1]}"
        finally:
            if wait is not None:
                wait.set()
            found.shutdown()
            thread.join()


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Ask a server for a project; gives the message of the RemoteError."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setattr(mount, "_buckets", {})
    monkeypatch.setattr(mount, "_trees", {})
    monkeypatch.setattr(bucket_module, "MAX_RETRIES", 0)

    def asked(url: str, timeout: float | None = None) -> str:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(RemoteError) as caught:
            open_source(logdir="s3://lab/team/swanlog", timeout=timeout).details(PROJECT)
        assert caught.value.exit_code == 4
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return asked


def test_a_bucket_that_does_not_exist_is_named(ask: Callable[..., str]) -> None:
    with server(404, "NoSuchBucket") as url:
        assert ask(url) == f"no bucket 'lab' at {url}, or these credentials have no access to it"


def test_a_refusal_is_one_of_permission(ask: Callable[..., str]) -> None:
    with server(403, "AccessDenied") as url:
        assert ask(url) == f"no permission to read s3://lab/team/swanlog at {url}"


@pytest.mark.parametrize(
    ("status", "code"), [(403, "InvalidAccessKeyId"), (403, "SignatureDoesNotMatch"), (401, "Unauthorized")]
)
def test_wrong_credentials_are_told_apart_from_a_refusal(ask: Callable[..., str], status: int, code: str) -> None:
    with server(status, code) as url:
        assert ask(url).startswith(f"no valid credentials for s3://lab at {url}: set AWS_ACCESS_KEY_ID")


def test_without_credentials_the_variables_are_named(ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        # where a machine in the cloud would find its own credentials
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        message = ask("http://127.0.0.1:9")
    assert message.startswith("no valid credentials for s3://lab at http://127.0.0.1:9: set AWS_ACCESS_KEY_ID")


def test_a_server_that_does_not_answer_is_given_up(ask: Callable[..., str]) -> None:
    with server(200, "", wait=threading.Event()) as url:
        assert ask(url, 0.3) == f"no answer from s3://lab at {url} within 0.3 s"


def test_a_server_that_is_not_there_cannot_be_reached(ask: Callable[..., str]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        assert ask(url) == f"s3://lab at {url} can't be reached"


def test_an_answer_that_makes_no_sense_is_quoted_on_one_line(ask: Callable[..., str]) -> None:
    with server(500, "InternalError", "out of\nluck") as url:
        assert ask(url).startswith(f"s3://lab/team/swanlog can't be read at {url}: ")


def test_the_command_ends_with_exit_code_4() -> None:
    with server(404, "NoSuchBucket") as url:
        environment = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
        done = swancli("project", "-l", "s3://lab/swanlog", env=environment)
    assert done.code == 4
    assert done.err == f"swancli: error: no bucket 'lab' at {url}, or these credentials have no access to it\n"
    assert done.out == b""


def test_a_url_without_a_bucket_is_a_wrong_command_line(ask: Callable[..., str]) -> None:
    with pytest.raises(UsageError, match="has no bucket name"):
        open_source(logdir="s3://").details(PROJECT)


@pytest.mark.parametrize("name", ["a b", "b?x=1", "-b", "b%20", "é"])
def test_a_name_that_no_bucket_can_have_is_a_wrong_command_line(ask: Callable[..., str], name: str) -> None:
    with pytest.raises(UsageError, match="is not a valid bucket name"):
        open_source(logdir=f"s3://{name}/swanlog").details(PROJECT)


@pytest.mark.parametrize("url", ["minio.lab:9000", "http://a b", "http://[::", "http://%zz", "ftp://lab"])
def test_an_endpoint_must_be_a_url(ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(UsageError, match="AWS_ENDPOINT_URL must be a URL such as"):
        open_source(logdir="s3://lab/swanlog").details(PROJECT)


def test_a_region_must_be_one(ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us east")
    with pytest.raises(UsageError, match="AWS_REGION is not a valid region name"):
        open_source(logdir="s3://lab/swanlog").details(PROJECT)


def test_a_bucket_of_another_region_is_told_apart(ask: Callable[..., str]) -> None:
    with server(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong") as url:
        assert ask(url) == f"s3://lab at {url} is in another region: set AWS_REGION to that of the bucket"


def test_no_message_has_a_secret(ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "open-sesame")
    with server(500, "InternalError", "open-sesame http://me:word@lab/x?X-Amz-Signature=abc") as url:
        message = ask(url.replace("//", "//user:password@") + "/")
    assert "InternalError" in message
    for secret in ("open-sesame", "password", "me:word", "abc"):
        assert secret not in message


def test_credentials_of_a_profile_are_explained(
    ask: Callable[..., str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with server(403, "InvalidAccessKeyId") as url:
        assert "aws configure" not in ask(url)
        (tmp_path / ".aws").mkdir()
        (tmp_path / ".aws" / "credentials").write_text("[default]\n")
        assert ask(url).endswith('; for those of a profile: eval "$(aws configure export-credentials --format env)"')


@pytest.mark.parametrize(
    ("place", "variables", "said"),
    [
        ("gs://lab/swanlog", {"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere.json"}, "gs://lab can't be read"),
        ("gs://lab/swanlog", {"GOOGLE_SERVICE_ACCOUNT_KEY": '{"private_key": "open-sesame"'}, "gs://lab"),
        ("az://lab/swanlog", {}, "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY"),
        ("az://lab/swanlog", {"AZURE_STORAGE_ACCOUNT_KEY": "!open-sesame!"}, "az://lab can't be read"),
        ("az://lab/swanlog", {"AZURE_STORAGE_SAS_KEY": "sv=1&sig=open-sesame"}, "az://lab at {} can't be reached"),
    ],
)
def test_other_stores_say_what_is_wrong_with_their_variables(
    place: str, variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        more = {"AZURE_STORAGE_ACCOUNT_NAME": "lab", "AZURE_STORAGE_ENDPOINT": url} if variables else {}
        done = swancli("project", "-l", place, env={"HOME": str(tmp_path), **more, **variables})
    assert (done.code, done.out) == (4, b"")
    assert done.err.count("\n") == 1
    assert said.format(url) in done.err
    assert "open-sesame" not in done.err


@pytest.mark.objects
def test_a_prefix_without_objects_is_no_logdir(s3: ObjectStore) -> None:
    done = swancli("project", "-l", "s3://runs/nothing/here")
    assert (done.code, done.out) == (2, b"")
    assert done.err == "swancli: error: no logdir at s3://runs/nothing/here: there is no such folder\n"


@pytest.mark.objects
def test_a_folder_above_a_logdir_and_one_of_a_run_are_recognised(s3: ObjectStore, tmp_path: Path) -> None:
    demo.write_demo(str(tmp_path / "swanlog"))
    s3.upload(tmp_path / "swanlog", "above/swanlog")
    run = next(tmp_path.glob("swanlog/run-*")).name
    for named in ("s3://runs/above", f"s3://runs/above/swanlog/{run}", "s3://runs/above/swanlog/runs.swanlab"):
        done = swancli("status", "1", "-l", named)
        assert done.code == 0, done.err
        assert done.err == f"swancli: note: {named} is not a logdir; reading s3://runs/above/swanlog\n"


@pytest.mark.objects
def test_a_file_that_was_replaced_since_it_was_listed_is_read_as_it_is_now(s3: ObjectStore, tmp_path: Path) -> None:
    demo.write_demo(str(tmp_path / "swanlog"))
    place = s3.upload(tmp_path / "swanlog", "replaced/swanlog")
    source = open_source(logdir=place)
    source.experiments()
    for path in tmp_path.glob("swanlog/run-*/logs/*/1000.log"):
        path.write_bytes(b'{"index": 1, "data": 42.0, "create_time": "2024-01-01T00:00:00+00:00"}\n')
    s3.upload(tmp_path / "swanlog", "replaced/swanlog")
    found = source.details(METRIC, experiment=1, metric="train/loss")
    assert [point[1] for point in found["points"]] == [42.0]
    source.close()


@pytest.mark.objects
def test_a_file_that_is_replaced_while_it_is_read_is_not_read_on(s3: ObjectStore) -> None:
    """Neither after bytes that were asked for, nor after those that were in memory."""
    s3.store.put("torn/run-1/file", b"a" * (3 << 20))
    mount.realpath("s3://runs/torn")  # a logdir
    for _ in range(2):
        fd = mount.open("s3://runs/torn/run-1/file", 0)
        assert mount.pread(fd, 10, 0) == b"a" * 10
    s3.store.put("torn/run-1/file", b"b" * (3 << 20))
    with pytest.raises(RemoteError, match="torn/run-1/file was changed while it was read; try again"):
        mount.pread(fd, 10, 2 << 20)


@pytest.mark.objects
def test_a_file_that_only_grew_is_read_on(s3: ObjectStore) -> None:
    s3.store.put("grown/run-1/file", b"a" * (3 << 20))
    mount.realpath("s3://runs/grown")  # a logdir
    fd = mount.open("s3://runs/grown/run-1/file", 0)
    assert mount.pread(fd, 10, 0) == b"a" * 10
    s3.store.put("grown/run-1/file", b"a" * (3 << 20) + b"more")
    assert mount.pread(fd, 10, 2 << 20) == b"a" * 10
    assert mount.fstat(fd).st_size == (3 << 20) + 4


@pytest.mark.objects
def test_a_file_that_is_changed_each_time_is_given_up(
    s3: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.write_demo(str(tmp_path / "swanlog"))
    place = s3.upload(tmp_path / "swanlog", "unsteady/swanlog")
    attempts = []
    real = Bucket.get

    def get(self: Bucket, key: str, *arguments: Any) -> bytes:
        if not key.endswith("/1000.log"):
            return real(self, key, *arguments)
        attempts.append(key)
        raise Changed

    monkeypatch.setattr(Bucket, "get", get)
    source = open_source(logdir=place)
    with pytest.raises(RemoteError, match=r"1000\.log was changed while it was read; try again"):
        source.details(METRIC, experiment=1, metric="train/loss")
    source.close()
    assert len(attempts) == 3


@pytest.mark.objects
def test_a_database_that_is_changed_each_time_is_given_up(
    s3: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.write_demo(str(tmp_path / "swanlog"))
    place = s3.upload(tmp_path / "swanlog", "uneasy/swanlog")
    attempts = []

    def get(self: Bucket, key: str, *_: Any) -> bytes:
        attempts.append(key)
        raise Changed

    monkeypatch.setattr(Bucket, "get", get)
    source = open_source(logdir=place)
    with pytest.raises(RemoteError, match=r"runs\.swanlab was changed each time it was read; try again"):
        source.experiments()
    source.close()
    assert len(attempts) == 3
