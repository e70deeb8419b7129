"""Children end with whoever started them, also when that is told to end before they are up, and with all they started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

PARENT = """
from todoke.cli import processes
children = []
with processes.ending_together(children):
    child = processes.start("starting", [])
    children.append(child)
    processes.wait_until_listening("127.0.0.1", processes.free_port(), child)
"""
# As a web server that is ended while it starts: gone at once, its worker lives on.
STARTING = """
import subprocess, time
worker = subprocess.Popen(["sh", "-c", "trap '' TERM; while :; do sleep 1; done"])
print(worker.pid, flush=True)
time.sleep(600)
"""


def test_a_child_that_never_comes_up_ends_with_its_parent_and_so_does_its_own(tmp_path: Path) -> None:
    (tmp_path / "starting.py").write_text(STARTING)
    paths = os.pathsep.join([str(tmp_path), *sys.path])
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert Path(f"/proc/{worker}").exists()
        os.kill(parent.pid, signal.SIGTERM)
        parent.wait(60)
    assert _is_gone(worker)


def _is_gone(number: int) -> bool:
    """Whether no process has this number, or only what is left of one that nobody has fetched yet."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"
