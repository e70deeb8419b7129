"""Children end with whoever started them, also when that is told to end before they are up."""

import os
import signal
import subprocess
import sys
from pathlib import Path

PARENT = """
import subprocess, sys
from todoke.cli import processes
child = subprocess.Popen(["sleep", "600"])
with processes.ending_together([child]):
    print(child.pid, flush=True)
    processes.wait_until_listening("127.0.0.1", processes.free_port(), child)
"""


def test_a_child_that_never_comes_up_ends_with_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert Path(f"/proc/{child}").exists()
        os.kill(parent.pid, signal.SIGTERM)
        parent.wait(60)
    assert not Path(f"/proc/{child}").exists()
