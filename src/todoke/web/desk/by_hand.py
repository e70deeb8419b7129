"""Packages imported by hand: stored at once, and a few of them carried to the desk while the person waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.values import ChannelRef, ImportOutcome, PackageDetail
from todoke.foundation import fence
from todoke.foundation.audit.values import Actor
from todoke.web.desk.uploads import laid_down

AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file: taken or not, and where its package stands now."""

    file: str
    outcome: ImportOutcome
    code: str
    package: PackageDetail | None


def take_in(
    files: Sequence["UploadedFile[bytes]"], channel: ChannelRef, *, actor: Actor, at: datetime
) -> list[FileOutcome]:
    """Import files through a channel; call outside any scope. One outcome per file, in their order."""
    with laid_down(files) as paths:
        results = relay_services.import_files(paths, channel, actor=actor, at=at)
    with fence.scope(channel.organisation, read_only=True):
        return [
            FileOutcome(
                one.path.name, one.outcome, one.code,
                relay.package(one.package_id) if one.package_id is not None else None,
            )
            for one in results
        ]  # fmt: skip
