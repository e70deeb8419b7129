"""Three hosts on one machine: network namespaces, each with etcd, Patroni and PostgreSQL of its own.

Everything lives in namespaces of this trial; nothing reaches the machine's own network. The configuration is the one
that `deploy/patroni/patroni.yaml` recommends, with times shortened so that twenty failovers fit into minutes.
"""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

import psycopg

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "deploy" / "patroni" / "patroni.yaml"
HUB = "10.77.0.254"
PASSWORDS = {"superuser": "trial-super", "replication": "trial-replica", "rewind": "trial-rewind"}
PATIENCE = 30.0
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=KILL")


class ClusterTrouble(RuntimeError):
    """The cluster did not come to what was waited for."""


def run(*words: str) -> str:
    """A command that must succeed; what it said."""
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    if done.returncode:
        raise ClusterTrouble(f"{' '.join(words)}: {done.stderr.strip()[-500:]}")
    return done.stdout


@dataclass
class Node:
    """One host: its namespace, its address, what runs on it."""

    number: int
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Of the namespace and of the member."""
        return f"n{self.number}"

    @property
    def address(self) -> str:
        """On the trial's bridge."""
        return f"10.77.0.{self.number}"

    def connect(self) -> None:
        """A namespace with one interface on the bridge."""
        run("ip", "netns", "add", self.name)
        run(
            "ip", "link", "add", f"v{self.number}", "type", "veth", "peer", "name", "eth0", "netns", self.name
        )
        run("ip", "link", "set", f"v{self.number}", "master", "br0", "up")
        for words in (f"addr add {self.address}/24 dev eth0", "link set eth0 up", "link set lo up"):
            run("ip", "-n", self.name, *words.split())

    def set_link(self, *, is_up: bool) -> None:
        """Plug the cable in, or out: with it out, the host lives on and believes it is right."""
        run("ip", "link", "set", f"v{self.number}", "up" if is_up else "down")

    def start(self, name: str, *command: str) -> None:
        """Run a program on this host; its words go to a file."""
        log = (self.folder / f"{name}.log").open("ab")
        words = ["ip", "netns", "exec", self.name, *AS_POSTGRES, *command]
        environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        self.processes[name] = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment, cwd=self.folder
        )

    def pids(self) -> list[int]:
        """Everything that runs on this host."""
        return [int(one) for one in run("ip", "netns", "pids", self.name).split()]

    def kill(self) -> None:
        """kill -9 of everything on the host at once, as when its power goes."""
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        for process in self.processes.values():
            process.wait()

    def kill_postmaster(self) -> None:
        """kill -9 of PostgreSQL's first process; Patroni lives and must decide."""
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


class Cluster:
    """The three of them."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        """Files below `folder`; `binaries` are PostgreSQL's."""
        self.folder, self.binaries = folder, binaries
        self.copied_anew = 0
        self.nodes = [Node(number, folder / f"n{number}") for number in (1, 2, 3)]

    def build(self) -> None:
        """Bridge, namespaces, configuration, programs. Returns when there is a leader with a synchronous follower."""
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "br0", "type", "bridge")
        run("ip", "addr", "add", f"{HUB}/24", "dev", "br0")
        run("ip", "link", "set", "br0", "up")
        for node in self.nodes:
            node.folder.mkdir(parents=True, mode=0o700)
            node.connect()
            (node.folder / "patroni.yaml").write_text(self._configuration(node))
            shutil.chown(node.folder, "postgres", "postgres")
        for node in self.nodes:
            self.start_etcd(node)
        for node in self.nodes:
            self.start_patroni(node)
        self.wait_until_whole(120)

    def start_etcd(self, node: Node) -> None:
        """One member of the store of agreement."""
        peers = ",".join(f"{one.name}=http://{one.address}:2380" for one in self.nodes)
        node.start(
            "etcd", "etcd", "--name", node.name, "--data-dir", str(node.folder / "etcd"),
            "--listen-client-urls", f"http://{node.address}:2379",
            "--advertise-client-urls", f"http://{node.address}:2379",
            "--listen-peer-urls", f"http://{node.address}:2380",
            "--initial-advertise-peer-urls", f"http://{node.address}:2380",
            "--initial-cluster", peers, "--enable-v2=true", "--heartbeat-interval", "250", "--election-timeout", "2500",
        )  # fmt: skip

    def start_patroni(self, node: Node) -> None:
        """One member of the cluster, which starts PostgreSQL itself."""
        node.start("patroni", "patroni", str(node.folder / "patroni.yaml"))

    def _configuration(self, node: Node) -> str:
        places = {
            "name": node.name, "address": node.address, "data_dir": str(node.folder / "data"),
            "bin_dir": str(self.binaries), "socket_dir": str(node.folder), "pgpass": str(node.folder / "pgpass"),
            "network": "10.77.0.0/24", "etcd_hosts": ", ".join(f"{one.address}:2379" for one in self.nodes),
            "ttl": "10", "loop_wait": "2", "retry_timeout": "4",
            **{f"{name}_password": secret for name, secret in PASSWORDS.items()},
        }  # fmt: skip
        return Template(SAMPLE.read_text(encoding="utf-8")).substitute(places)

    def members(self) -> list[dict[str, Any]]:
        """What the cluster says of itself, asked of the first host that answers; empty when none does."""
        for node in self.nodes:
            try:
                with urllib.request.urlopen(f"http://{node.address}:8008/cluster", timeout=2) as answer:
                    return list(json.load(answer)["members"])
            except (OSError, ValueError, KeyError):
                continue
        return []

    def leader(self) -> Node | None:
        """Who takes writes: found by asking each PostgreSQL, not by believing the store."""
        for node in self.nodes:
            try:
                with psycopg.connect(self.url("postgres", node), connect_timeout=2) as connection:
                    row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            except psycopg.OperationalError:
                continue
            if row == (False,):
                return node
        return None

    def wait_until_whole(self, seconds: float) -> Node:
        """The leader, once it has a synchronous follower and all three run. Raises ClusterTrouble."""
        end = time.monotonic() + seconds
        help_at = time.monotonic() + 2 * PATIENCE
        while time.monotonic() < end:
            members = self.members()
            if time.monotonic() > help_at:
                self._copy_anew(members)
                help_at = time.monotonic() + PATIENCE
            roles = {one["role"] for one in members}
            running = [one for one in members if one.get("state") in {"running", "streaming"}]
            enough = (
                len(self.nodes) if time.monotonic() < end - seconds + PATIENCE else 2
            )  # the third may still copy
            if len(running) >= enough and "leader" in roles and "sync_standby" in roles:
                leader = self.leader()
                if leader is not None:
                    return leader
            time.sleep(0.25)
        raise ClusterTrouble(f"not whole after {seconds:.0f} s: {self.members()}")

    def _copy_anew(self, members: list[dict[str, Any]]) -> None:
        """What an administrator does with a follower that cannot catch up: let it copy the leader (`patronictl reinit`)."""
        leading = [one["timeline"] for one in members if one["role"] == "leader" and "timeline" in one]
        for one in members:
            if leading and one["role"] != "leader" and one.get("timeline") != leading[0]:
                request = urllib.request.Request(
                    f"http://{one['host']}:8008/reinitialize", data=b'{"force": true}', method="POST"
                )
                try:
                    urllib.request.urlopen(request, timeout=5).close()
                except OSError:
                    continue
                self.copied_anew += 1

    def url(
        self, database: str, node: Node | None = None, *, role: str = "postgres", password: str = ""
    ) -> str:
        """The address of a database: of one host, or of whoever leads."""
        secret = password or PASSWORDS["superuser"]
        if node is not None:
            return f"postgresql://{role}:{secret}@{node.address}:5432/{database}"
        hosts = ",".join(one.address for one in self.nodes)
        return (
            f"postgresql://{role}:{secret}@/{database}?host={hosts}&target_session_attrs=read-write"
            "&connect_timeout=2&tcp_user_timeout=4000&keepalives_idle=2&keepalives_interval=1&keepalives_count=2"
        )

    def close(self) -> None:
        """End every program of the trial."""
        for node in self.nodes:
            if node.processes:
                node.kill()
