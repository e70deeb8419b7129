"""Power cuts: the file system under the installation is shut down without flushing its journal（EXT4_IOC_SHUTDOWN）.

Only what was fsynced is there after the remount. What this does not show: writes reordered inside the device, torn
sectors. Needs root, loop devices and ext4; elsewhere the reason is said and the trial is skipped.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHUTDOWN, NO_LOG_FLUSH = 0x8004587D, 2
FREEZE, THAW = 0xC0045877, 0xC0045878  # FIFREEZE, FITHAW
TRIES = 100


def missing() -> str | None:
    """Why no power can be cut on this machine; None when it can."""
    if os.geteuid() != 0:
        return "電源断の試験には root が要ります / a power cut needs root"
    if shutil.which("mkfs.ext4") is None or shutil.which("mount") is None:
        return "mkfs.ext4 か mount がありません / no mkfs.ext4 or mount"
    return None


class Disk:
    """A loop-mounted ext4 whose power can be cut."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self._image, self.mount = folder / "disk.img", folder / "disk"
        self.mount.mkdir(parents=True)
        with open(self._image, "wb") as image:
            image.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", str(self._image))

    def switch_on(self) -> None:
        """Mount; the journal is replayed."""
        _run("mount", "-o", "loop", str(self._image), str(self.mount))

    def settle(self) -> None:
        """Make everything durable: what an administrator has set up before the trial."""
        _run("sync", "-f", str(self.mount))

    def cut(self) -> None:
        """Nothing that was not made durable reaches the disk from now on; every write fails."""
        descriptor = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(descriptor)

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Every write hangs within the block, as on a network share that has gone（F08）; afterwards it comes through."""
        descriptor = os.open(self.mount, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, FREEZE, 0)
            try:
                yield
            finally:
                fcntl.ioctl(descriptor, THAW, 0)
        finally:
            os.close(descriptor)

    def switch_off(self) -> None:
        """Unmount; whoever had files open must be gone."""
        for _ in range(TRIES):
            if subprocess.run(("umount", str(self.mount)), check=False, capture_output=True).returncode == 0:
                return
            time.sleep(0.02)
        raise RuntimeError(f"{self.mount} is still in use")


@contextmanager
def disk(folder: Path, *, megabytes: int = 96) -> Iterator[Disk]:
    """A disk that is on; unmounted at the end, whatever happened. Raises PermissionError when mounting is forbidden."""
    one = Disk(folder, megabytes)
    try:
        one.switch_on()
    except subprocess.CalledProcessError as refused:
        raise PermissionError(refused.stderr.decode(errors="replace")) from refused
    try:
        yield one
    finally:
        subprocess.run(("umount", "-l", str(one.mount)), check=False, capture_output=True)


@contextmanager
def small(folder: Path, *, megabytes: int, inodes: int = 4096) -> Iterator[Path]:
    """A tmpfs of some megabytes and files（F07）. Raises PermissionError when mounting is forbidden."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m,nr_inodes={inodes}", "tmpfs", str(folder))
    except subprocess.CalledProcessError as refused:
        raise PermissionError(refused.stderr.decode(errors="replace")) from refused
    try:
        yield folder
    finally:
        subprocess.run(("umount", "-l", str(folder)), check=False, capture_output=True)


def enlarge(folder: Path, *, megabytes: int) -> None:
    """More room, as an administrator would make it."""
    _run("mount", "-o", f"remount,size={megabytes}m", str(folder))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
