"""`python -m tests.trials.failover`: kill the leader in mid-journey, again and again; nothing acknowledged is lost.

Needs root (network namespaces), and Debian's packages patroni, etcd-server and postgresql. Three ways to lose a leader
take turns: the whole host dies, its cable is pulled, PostgreSQL alone dies. Meanwhile workers carry sample applications
from the sandbox portal to the sandbox core system, and a witness writes numbers and keeps those that were acknowledged.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, Queue

import psycopg

from tests.support.postgres import _candidates
from tests.trials.cluster import Cluster, Node

INSIDE = "TODOKE_TRIAL_INSIDE"
WAYS = ("host", "cable", "postmaster")
NEEDED = ("ip", "unshare", "setpriv", "patroni", "etcd")
OWNER, APPLICATION, SECRET = "todoke_owner", "todoke_app", "trial-secret"


class Witness(threading.Thread):
    """Writes one number after another through whoever leads, and remembers which were acknowledged."""

    def __init__(self, url: str) -> None:
        """`url` leads to the leader of the moment."""
        super().__init__(daemon=True)
        self.url, self.acknowledged, self.is_over = url, [], False  # type: ignore[var-annotated]
        self.longest_silence = 0.0

    def run(self) -> None:
        """Until told that it is over."""
        number, last = 0, time.monotonic()
        while not self.is_over:
            try:
                with psycopg.connect(self.url, autocommit=True) as connection:
                    while not self.is_over:
                        number += 1
                        connection.execute("INSERT INTO witness VALUES (%s)", (number,))
                        self.acknowledged.append(number)
                        self.longest_silence = max(self.longest_silence, time.monotonic() - last)
                        last = time.monotonic()
                        time.sleep(0.02)
            except psycopg.Error:
                time.sleep(0.2)

    def missing(self) -> int:
        """How many acknowledged numbers the cluster no longer knows."""
        with psycopg.connect(self.url) as connection:
            known = {row[0] for row in connection.execute("SELECT n FROM witness")}
        return len(set(self.acknowledged) - known)


@dataclass
class Trial:
    """The cluster, what is to be done, and what has been seen."""

    cluster: Cluster
    rng: random.Random
    samples: Path
    folder: Path
    wanted: int
    failovers: list[tuple[str, float]] = field(default_factory=list)
    restarts: list[tuple[str, float]] = field(default_factory=list)
    journeys: int = 0
    delivered: int = 0

    def journey(self) -> None:
        """One journey on a fresh database, with kills until it is drained."""
        self.journeys += 1
        name = f"todoke_{self.journeys}"
        self._create(name)
        state = self.folder / name
        data = state / "samples"
        shutil.copytree(self.samples, data)
        environment = {
            **os.environ,
            "TODOKE_DATABASE_URL": self.cluster.url(name, role=APPLICATION, password=SECRET),
            "TODOKE_DATABASE_OWNER_URL": self.cluster.url(name, role=OWNER, password=SECRET),
        }
        words = [sys.executable, "-m", "tests.trials.journey", "--data", str(data), "--state", str(state)]
        with (state / "journey.log").open("wb") as log:
            child = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
            lines: Queue[str] = Queue()
            threading.Thread(target=_listen, args=(child, lines), daemon=True).start()
            self._kill_until_drained(child, lines)
            code = child.wait()
        heard = [] if lines.empty() else [lines.get() for _ in range(lines.qsize())]
        if code or "whole" not in heard:
            raise SystemExit(f"journey {self.journeys} failed ({code}, {heard}): see {state / 'journey.log'}")
        self.delivered += json.loads(heard[-1])["delivered"]

    def _kill_until_drained(self, child: "subprocess.Popen[str]", lines: "Queue[str]") -> None:
        """Wait for `ready`, then lose leaders at random moments until the journey says `drained`."""
        while lines.empty():
            if child.poll() is not None:
                return  # it could not even begin; its exit code says so
            time.sleep(0.2)
        lines.get()
        while child.poll() is None:
            pause = self.rng.uniform(0.5, 4.0)
            try:
                if lines.get(timeout=pause) == "drained":
                    return
            except Empty:
                pass
            if len(self.failovers) < self.wanted and child.poll() is None:
                self._lose_leader()

    def _lose_leader(self) -> None:
        """One failover: lose the leader, wait for another, bring the lost one back, wait until all is whole."""
        old = self.cluster.wait_until_whole(400)
        way = WAYS[(len(self.failovers) + len(self.restarts)) % len(WAYS)]
        begin = time.monotonic()
        {"host": old.kill, "cable": lambda: old.set_link(is_up=False), "postmaster": old.kill_postmaster}[
            way
        ]()
        new = self._another(old, may_be_same=way == "postmaster")
        took = time.monotonic() - begin
        (self.restarts if new is old else self.failovers).append((way, took))
        if way == "host":
            self.cluster.start_etcd(old)
            self.cluster.start_patroni(old)
        elif way == "cable":
            old.set_link(is_up=True)
        print(
            f"  切替え {len(self.failovers)}/{self.wanted}: {way} {old.name} → {new.name} {took:.1f} 秒",
            flush=True,
        )
        self.cluster.wait_until_whole(400)

    def _another(self, old: Node, *, may_be_same: bool) -> Node:
        """Who leads next. A PostgreSQL that alone has died may be started again where it was; that is no failover."""
        end = time.monotonic() + 120
        was_away = False
        while time.monotonic() < end:
            leader = self.cluster.leader()
            was_away = was_away or leader is None
            if leader is not None and (leader is not old or (may_be_same and was_away)):
                return leader
            time.sleep(0.2)
        raise SystemExit(f"nobody took over from {old.name}: {self.cluster.members()}")

    def _create(self, name: str) -> None:
        with psycopg.connect(self.cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" OWNER "{OWNER}" TEMPLATE template0'.encode())


def _listen(child: "subprocess.Popen[str]", lines: "Queue[str]") -> None:
    for one in child.stdout or ():
        lines.put(one.strip())


def _prepare(cluster: Cluster) -> None:
    """The roles of Todoke, none of them a superuser, and the witness's table."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        for role in (OWNER, APPLICATION):
            connection.execute(f"CREATE ROLE {role} LOGIN NOBYPASSRLS PASSWORD '{SECRET}'".encode())
        connection.execute("CREATE TABLE witness (n bigint PRIMARY KEY)")


def _enter(arguments: list[str]) -> int:
    """Begin again inside namespaces of our own, which vanish with us; the shell that waits is the one that reaps."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if os.geteuid() != 0 or missing:
        print(
            f"この試験はできません: root と apt-get install -y patroni etcd-server postgresql が要ります（{missing}）"
        )
        return 2
    inner = (
        f"mkdir -p /run/netns && mount -t tmpfs none /run/netns && {sys.executable} -m tests.trials.failover"
    )
    words = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", "-c"]
    return subprocess.call(
        [*words, f'{inner} "$@" & wait $!', "sh", *arguments], env={**os.environ, INSIDE: "1"}
    )


def main() -> int:
    """0 when every failover was survived and nothing acknowledged is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--failovers", type=int, default=20)
    parser.add_argument("--packages", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if INSIDE not in os.environ:
        return _enter(sys.argv[1:])
    from samples import world

    folder = Path(tempfile.mkdtemp(prefix="todoke-ha-", dir="/tmp"))
    folder.chmod(0o755)
    samples = folder / "samples"
    world.build(samples, packages=args.packages, residents=6000)
    binaries = next(one for one in _candidates() if (one / "pg_rewind").exists())
    cluster = Cluster(folder, binaries)
    begin = time.monotonic()
    try:
        cluster.build()
        _prepare(cluster)
        witness = Witness(cluster.url("postgres"))
        witness.start()
        trial = Trial(cluster, random.Random(args.seed), samples, folder, args.failovers)
        while len(trial.failovers) < args.failovers:
            trial.journey()
        cluster.wait_until_whole(400)
        witness.is_over = True
        witness.join(30)
        missing = witness.missing()
    finally:
        cluster.close()
    times = sorted(took for _, took in trial.failovers)
    print(
        f"切替え {len(times)}回（中央 {times[len(times) // 2]:.1f} 秒、最長 {times[-1]:.1f} 秒）、"
        f"その場の起こし直し {len(trial.restarts)}回、写し直した複製 {cluster.copied_anew}台、旅 {trial.journeys}回、"
        f"引渡し {trial.delivered}件: 一件も失わず、二度届いたものもない。"
        f"確定の証人 {len(witness.acknowledged)}件のうち欠け {missing}件、書けなかった最長 {witness.longest_silence:.1f} 秒。"
        f"全体 {time.monotonic() - begin:.0f} 秒"
    )
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
