"""What the sandbox portal holds in these tests, and how a test looks at what came of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sandbox.portal.server import PortalServer
from sandbox.portal.shelf import Shelf
from todoke.casework.relay import jobs, services
from todoke.casework.relay.models import Package, Watermark
from todoke.casework.relay.values import ChannelKind, ChannelRef, ChannelSettings
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext

MINASE, HIYORI = "992011", "993018"
FIRST = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)
NOW = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)
ACTOR = Actor(ActorKind.COMMAND, "test")


class Portal:
    """A running sandbox portal, the channel that leads to it, and where its packages lie."""

    def __init__(self, data: Path, state: Path, password: Path) -> None:
        self.data = data
        self._state = state
        self._password = password
        self._is_running = False
        self.channel = self.start()

    def start(
        self, *, port: int = 0, profile: str = "sandbox-portal", token_requests: int = 400
    ) -> ChannelRef:
        """Start the portal (anew, as after kill -9) and lead the channel to its port."""
        self.stop()
        self.server = PortalServer(self.data, self._state, port, token_requests)
        self.server.start()
        self._is_running = True
        with scope(MINASE):
            self.channel = services.register_channel(
                "portal", kind=ChannelKind.API, profile=profile, layout="pittari-xml-sample",
                settings=ChannelSettings(self.server.url, MINASE, str(self._password)), actor=ACTOR, at=NOW,
            )  # fmt: skip
        return self.channel

    def stop(self) -> None:
        """Stop the portal, if it runs."""
        if self._is_running:
            self.server.stop()
        self._is_running = False

    def show_what_lies_there(self) -> None:
        """Let the running portal read its folder again."""
        self.server._shelf = Shelf(self.data, [])

    def pull(self, *, at: datetime = NOW) -> int:
        """Run the job once."""
        return jobs.pull(JobContext(MINASE, Claimant("worker-1", at), 10))

    def fault(self, kind: str, *, count: int = 1, path: str = "") -> None:
        """Let the portal misbehave."""
        self.server.faults.arm(kind, count, path)

    def fetches(self) -> int:
        """How many packages the portal has sent whole for the first time."""
        return len((self._state / "fetches.jsonl").read_text().splitlines())


def number(position: int) -> str:
    """The 受付番号 of a package."""
    return f"{260401000000000 + position}"


def content(position: int, *, edition: int = 0) -> bytes:
    """Bytes that are no package: the relay does not look inside."""
    return f"package {position} edition {edition} ".encode() * 10_000


def lay_out(data: Path, *, count: int, changed: int | None = None, first: datetime = FIRST) -> None:
    """Write an index of packages; `changed` has a second variant under its number, ten minutes later."""
    folder = data / "portal" / MINASE
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for position in range(count):
        lines.append(_line(folder, position, 0, first))
        if position == changed:
            lines.append(_line(folder, position, 1, first))
    (data / "portal" / "index.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _line(folder: Path, position: int, variant: int, first: datetime) -> str:
    name = f"{number(position)}-{variant}.zip"
    (folder / name).write_bytes(content(position, edition=variant))
    received = first + timedelta(minutes=20 * position + 10 * variant)
    return json.dumps({
        "receipt_number": number(position), "organisation": MINASE, "procedure_code": "P01",
        "reception_date": received.isoformat(), "file": f"portal/{MINASE}/{name}", "variant": variant,
    })  # fmt: skip


def stored() -> list[str]:
    """The 受付番号 of what みなせ市 has stored, in order."""
    with scope(MINASE, read_only=True):
        return sorted(Package.objects.values_list("receipt_number", flat=True))


def position_of(channel: ChannelRef) -> datetime | None:
    """How far a channel has been read."""
    with scope(MINASE, read_only=True):
        return Watermark.objects.get(channel_id=channel.id).position
