"""A standalone cluster of Spark on loopback: a master and workers, each a process group of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests.support import spark
from tests.support.waiting import wait_until

SPARK_CLASS = spark.FOLDER / "bin" / "spark-class"
DEPLOY = "org.apache.spark.deploy"
STARTED = re.compile(r"Starting Spark master at (spark://\S+)")
REGISTERED = "Successfully registered with master"
CONF = {
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    # all workers are there before the first task starts
    "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    "spark.scheduler.maxRegisteredResourcesWaitingTime": "60s",
}


class Daemon:
    """A master or a worker; its executors are in its process group."""

    def __init__(self, folder: Path, kind: str, *words: str, **more: str) -> None:
        self.folder = folder
        folder.mkdir()
        self._log = folder / "log"
        with open(self._log, "wb") as output:
            self._process = subprocess.Popen(
                [SPARK_CLASS, f"{DEPLOY}.{kind}", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0", *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=folder,
                env=spark.environment(SPARK_DAEMON_MEMORY="256m", **more),
                start_new_session=True,
            )

    def log(self) -> str:
        """What it has written so far."""
        return self._log.read_text(errors="replace")

    def wait_for(self, text: str) -> re.Match[str]:
        """Wait until its log has something."""
        wait_until(lambda: re.search(text, self.log()) or self._process.poll() is not None, text)
        found = re.search(text, self.log())
        assert found is not None, self.log()
        return found

    def kill(self) -> None:
        """SIGKILL for it and all that it has started."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Cluster:
    """A running cluster; `master` is its URL."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self.workers: list[Daemon] = []
        master = Daemon(folder / "master", "master.Master")
        stack.callback(master.kill)
        self.master = master.wait_for(STARTED.pattern)[1]

    def add(self, **more: str) -> Daemon:
        """Start a worker of one core; `more` is in its environment."""
        place = self._folder / f"worker-{len(self.workers)}"
        words = ("--cores", "1", "--memory", "600m", "--work-dir", str(place), self.master)
        self.workers.append(Daemon(place, "worker.Worker", *words, **more))
        self._stack.callback(self.workers[-1].kill)
        return self.workers[-1]


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A master and workers, for as long as the block lasts."""
    spark.check_installed()
    with ExitStack() as stack:
        found = Cluster(folder, stack)
        for worker in [found.add() for _ in range(workers)]:
            worker.wait_for(REGISTERED)
        yield found
