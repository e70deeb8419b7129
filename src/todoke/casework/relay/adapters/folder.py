"""A watched folder: whole files named by their 受付番号 are taken and then put away, never deleted."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from todoke.casework.relay import rules
from todoke.casework.relay.errors import FetchFailed, FileNameUnknown, ListFailed, SettingsIncomplete
from todoke.casework.relay.values import ChannelProfile, ChannelRef, FolderProfile, Listed

CHUNK = 131_072
SKEW_SECONDS = (
    300.0  # a file dated later than this is from a machine whose clock is wrong: taken all the same
)


class WatchedFolder:
    """One body's folder. A file that is still being written, or whose name tells no 受付番号, is left where it is."""

    def __init__(self, channel: ChannelRef, profile: ChannelProfile) -> None:
        """Prepare; nothing is read yet. Raises SettingsIncomplete."""
        if profile.folder is None or not channel.settings.folder:
            raise SettingsIncomplete(channel=channel.name, missing="folder")
        self._folder = Path(channel.settings.folder)
        self._profile = profile
        self._rules: FolderProfile = profile.folder
        self._files: dict[Listed, Path] = {}

    def check_config(self) -> list[str]:
        """The folder must be there and writable, because files are moved inside it."""
        if not self._folder.is_dir() or not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            return ["監視フォルダがないか、書き込めません。"]
        return []

    def pages(self, since: datetime, until: datetime) -> Iterator[list[Listed]]:
        """One page: the whole files of the folder, by 受付番号."""
        try:
            entries = sorted(os.scandir(self._folder), key=lambda entry: entry.name)
        except OSError as missing:
            raise ListFailed(reason="folder") from missing
        listed = []
        for entry in entries:
            one = self._listed(entry)
            if one is not None:
                self._files[one] = Path(entry.path)
                listed.append(one)
        yield listed

    def _listed(self, entry: os.DirEntry[str]) -> Listed | None:
        try:
            receipt = rules.receipt_of_file(entry.name, self._profile.file_pattern)
            status = entry.stat(follow_symlinks=False)
        except (FileNameUnknown, OSError):
            return None
        age = time.time() - status.st_mtime
        is_whole = age >= self._rules.stable_seconds or age < -SKEW_SECONDS
        return (
            Listed(receipt, None, size=status.st_size)
            if is_whole and entry.is_file(follow_symlinks=False)
            else None
        )

    @contextmanager
    def fetch(self, listed: Listed) -> Iterator[Iterator[bytes]]:
        """The file in chunks; refused when it is not as large as it was when it was listed."""
        try:
            file = open(self._files[listed], "rb", buffering=0)  # noqa: SIM115  # closed below
        except OSError as gone:
            raise FetchFailed(reason="file") from gone
        with file:
            yield self._chunks(iter(lambda: file.read(CHUNK), b""), listed)

    @staticmethod
    def _chunks(chunks: Iterator[bytes], listed: Listed) -> Iterator[bytes]:
        try:
            yield from rules.chunks_within_declared(chunks, listed.size)
        except (OSError, ValueError) as trouble:
            raise FetchFailed(reason="file") from trouble

    def label(self, listed: Listed) -> str:
        """The file's name."""
        return rules.label_of(self._files[listed].name)

    def stored(self, listed: Listed) -> None:
        """Move the file to the `done` folder beside it; a name that is taken there gets a number."""
        source = self._files[listed]
        done = self._folder / self._rules.done
        done.mkdir(exist_ok=True)
        target, number = done / source.name, 1
        while target.exists():
            number += 1
            target = done / f"{source.stem}.{number}{source.suffix}"
        try:
            os.rename(source, target)
        except OSError:
            return  # gone or locked: it is stored, and taking it again changes nothing
        for folder in (done, self._folder):
            descriptor = os.open(folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)

    def close(self) -> None:
        """Nothing is held open."""
