"""A Spark session for an export, with limits on how long to wait for it, and with one sentence for each error."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from swancli.errors import DataError, MissingExtra, RemoteError, SwancliError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOCAL = "local[*]"
STANDALONE = "spark://"
ANSWER_SECONDS = 10.0  # within which a standalone master must accept a connection
WORKER_SECONDS = 60.0  # within which it must provide an executor
CONF = {
    "spark.app.name": "swancli export",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    # the types of an export, and its rows in the order in which they were read
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MILLIS",
    "spark.sql.maxConcurrentOutputFileWriters": "64",
}
MASTER = re.compile(r"local(\[.*\])?|local-cluster\[.*\]|yarn|(spark|k8s)://.+", re.DOTALL)
MISSING = re.compile(r"No module named '([\w.]+)'")


@contextlib.contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """A session at a master, for as long as the block lasts; its errors are SwancliErrors."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MissingExtra("--engine spark needs PySpark", "spark") from error
    _check_answers(master)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with tempfile.TemporaryFile() as log:
        try:
            with _stderr_to(log.fileno()):
                builder = SparkSession.builder.master(master)
                for key, value in CONF.items():
                    builder = builder.config(key, value)
                spark = builder.getOrCreate()
        except Exception as error:
            log.seek(0)
            raise _not_started(master, error, log.read().decode("utf-8", "replace")) from error
        try:
            if master.startswith(STANDALONE):
                _wait_for_executor(spark, master)
            yield spark
        except SwancliError:
            raise
        except Exception as error:
            from py4j.protocol import Py4JError

            if not isinstance(error, (PySparkException, Py4JError)):
                raise
            raise explained(str(error)) from error
        finally:
            spark.stop()


def explained(text: str) -> SwancliError:
    """The error of a job in one sentence."""
    found = MISSING.search(text)
    if found is not None:
        name = found[1].partition(".")[0]
        return MissingExtra(f"the Python of Spark's workers, PYSPARK_PYTHON, has no {name}", "spark")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return DataError(f"Spark failed: {lines[0] if lines else 'it did not say why'}")


def _check_answers(master: str) -> None:
    """Raise UsageError if this is not a master, RemoteError if it is a standalone one that does not answer."""
    if MASTER.fullmatch(master) is None:
        raise UsageError(f"{master!r} is not a Spark master: use local[4], spark://HOST:7077, yarn or k8s://HOST")
    if not master.startswith(STANDALONE):
        return
    failures = []
    for address in master.removeprefix(STANDALONE).split(","):
        try:
            parts = urlsplit(f"//{address}")
            host, port = parts.hostname, parts.port or 7077
        except ValueError:
            host = None
        if not host:
            raise UsageError(f"{master} is not the address of a Spark master: use spark://HOST:7077")
        try:
            socket.create_connection((host, port), timeout=ANSWER_SECONDS).close()
            return
        except OSError as error:
            failures.append(f"{error.strerror or error}")
    raise RemoteError(f"no Spark master responds at {master}: {failures[0]}")


def _wait_for_executor(spark: SparkSession, master: str) -> None:
    """Raise RemoteError if no worker has an executor for this session in time."""
    tracker = spark.sparkContext._jsc.sc().statusTracker()
    end = time.monotonic() + WORKER_SECONDS
    while len(tracker.getExecutorInfos()) < 2:  # one is this process
        if time.monotonic() > end:
            raise RemoteError(f"the Spark master {master} provided no worker within {WORKER_SECONDS:.0f} seconds")
        time.sleep(0.1)


def _not_started(master: str, error: Exception, log: str) -> SwancliError:
    """Why there is no session: `log` is what Java wrote to stderr."""
    if "JAVA_GATEWAY_EXITED" not in str(error):
        log = str(error)
    elif not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        return UsageError("Spark needs Java 17 or newer, which was not found: set JAVA_HOME, or install a JRE")
    lines = [line.strip() for line in log.splitlines() if line.strip() and not line.lstrip().startswith("at ")]
    return RemoteError(f"Spark did not start at {master}: {lines[-1] if lines else type(error).__name__}")


@contextlib.contextmanager
def _stderr_to(fd: int) -> Iterator[None]:
    """Redirect the standard error of this process, and of the Java process that the block starts, to a file."""
    kept = os.dup(2)
    os.dup2(fd, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
