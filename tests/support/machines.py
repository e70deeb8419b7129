"""Machines to back up and to restore to: each with a TODOKE_VAR and a database of its own, in this process."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pytest_django import Settings

from tests.support import migrated
from tests.support.environment import DATABASES
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.backup import queries, services
from todoke.foundation.backup.values import Identities, Manifest, RestoreReport
from todoke.foundation.calendars.queries import now

ACTOR = Actor(ActorKind.COMMAND, "test")


@dataclass(frozen=True)
class Vaults:
    """Where backups go, outside every machine, and the private keys, which lie on none."""

    root: Path

    @property
    def sets(self) -> Path:
        """The folder of sets."""
        return self.root / "sets"

    @property
    def keys(self) -> Path:
        """The folder of copies of the keys."""
        return self.root / "keys"

    @property
    def identity(self) -> Path:
        """The private key of the sets."""
        return self.root / "offline" / "sets.key"

    @property
    def keys_identity(self) -> Path:
        """The private key of the copies of the keys: another person's."""
        return self.root / "offline" / "keys.key"

    def prepare(self, settings: Settings) -> None:
        """Make the keys and let the installation know where backups go."""
        (self.root / "offline").mkdir(parents=True)
        for private, name in ((self.identity, "sets.pub"), (self.keys_identity, "keys.pub")):
            (self.root / name).write_text(services.make_pair(private) + "\n")
        settings.TODOKE_BACKUP_DIR = self.sets
        settings.TODOKE_BACKUP_KEYS_DIR = self.keys
        settings.TODOKE_BACKUP_RECIPIENTS_FILE = self.root / "sets.pub"
        settings.TODOKE_BACKUP_KEYS_RECIPIENTS_FILE = self.root / "keys.pub"

    def take(self, *, is_full: bool = False) -> Manifest:
        """A set of the machine at hand."""
        return services.take(queries.places(), actor=ACTOR, at=now(), is_full=is_full)

    def opening(self, name: str) -> Identities:
        """What a person brings along to restore a set."""
        return Identities(self.identity, self.keys / f"{name}.keys.age", self.keys_identity)

    def restore(self, name: str, by: Identities | None = None, *, group: str | None = None) -> RestoreReport:
        """Restore into the machine at hand, connected as the owner."""
        from django.conf import settings

        from todoke.cli.migrate import as_owner  # settings are configured by now

        with ExitStack() as owners:
            for alias in settings.TODOKE_OWNER_URLS:
                owners.enter_context(as_owner(alias))
            return services.restore(
                self.sets, name, by or self.opening(name), actor=ACTOR, at=now(), group=group
            )  # fmt: skip


def live_in(settings: Settings, var: Path) -> None:
    """Let the installation live in another TODOKE_VAR."""
    (var / "upload").mkdir(parents=True, mode=0o700, exist_ok=True)
    settings.VAR = var
    settings.TODOKE_VAULT_DIR = var / "vault"
    settings.TODOKE_MASTER_KEY_FILE = var / "keys" / "master.key"
    settings.TODOKE_SEAL_COPY_DIR = var / "seals"
    settings.TODOKE_TRUST_DIR = var / "trust"
    settings.TODOKE_FORM_CHECKS_DIR = var / "form-checks"
    settings.FILE_UPLOAD_TEMP_DIR = str(var / "upload")


@contextmanager
def new_machine(settings: Settings, var: Path, *, is_bare: bool = False) -> Iterator[None]:
    """An empty TODOKE_VAR and a database without a row, or without a table（bare, slower）; the old ones stay."""
    name = f"{DATABASES.live}_{secrets.token_hex(4)}"
    if is_bare:
        DATABASES.create_empty(name)
    else:
        DATABASES.copy(name)
    live_in(settings, var)
    settings.TODOKE_OWNER_URLS = {**settings.TODOKE_OWNER_URLS, "default": DATABASES.owner_url(name)}
    migrated.switch(DATABASES, name)
    try:
        yield
    finally:
        migrated.switch(DATABASES, DATABASES.live)
        DATABASES.drop(name)
