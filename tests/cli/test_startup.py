"""What happens before a command begins and after it ends."""

import signal
import subprocess
import sys

DROPS_AN_INTERRUPT = """
import os, signal, time
from swancli.cli.startup import keep_interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)
keep_interrupts()
class Held:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(1)
Held()
print("after", flush=True)
time.sleep(60)
"""


def test_ctrl_c_within_a_finalizer_still_ends_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", DROPS_AN_INTERRUPT], capture_output=True, text=True, timeout=50)
    assert done.returncode == -signal.SIGINT
    assert "Exception ignored" not in done.stderr
