"""Uploaded files laid down in a folder of their own for as long as they are being taken in."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile


@contextmanager
def laid_down(files: Sequence["UploadedFile[bytes]"]) -> Iterator[list[Path]]:
    """The files on disk under the names they came with, one folder each; gone afterwards.

    Django has taken every path away from the names already; names that are no names are refused by it.
    """
    folder = Path(tempfile.mkdtemp(dir=settings.FILE_UPLOAD_TEMP_DIR))
    try:
        yield [_lay_down(file, folder / str(number)) for number, file in enumerate(files)]
    finally:
        shutil.rmtree(folder)


def _lay_down(file: "UploadedFile[bytes]", folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    path = folder / _short(Path(file.name or "-").name)
    with open(path, "xb") as target:
        target.writelines(file.chunks())
    return path


def _short(name: str) -> str:
    """The end of a name that the file system may find too long: the 受付番号 of a good one fits anyway."""
    return name.encode()[-200:].decode(errors="ignore")
