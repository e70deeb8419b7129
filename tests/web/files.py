"""Applications whose attachments are doubtful, on the desk of みなせ市, looked into as far as the jobs look."""

from collections.abc import Sequence
from pathlib import Path

from samples.attachments import Attachment
from samples.packages import Spoiling
from tests.casework.intake.packages import package
from tests.casework.screening import pictures
from todoke.casework import journey
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext

from .conftest import MINASE, Towns, bring_in

SCREENING = ("screening.take_up", "screening.screen", "screening.make_copies")
SCRIPT = Attachment("請求書.pdf", pictures.with_script())
PLAIN = Attachment("memo.txt", "架空の覚え書き".encode())
HEIC = Attachment("IMG_0001.heic", b"\0\0\0\x18ftypheic" + bytes(200))


def arrive(towns: Towns, folder: Path, *files: Sequence[Attachment], first: int = 0) -> list[str]:
    """Applications with these attachments on the desk; returns their 受付番号."""
    numbers = [f"{269900000000001 + first + at}" for at in range(len(files))]
    paths = []
    for at, (number, attached) in enumerate(zip(numbers, files, strict=True)):
        path = folder / f"{number}.zip"
        path.write_bytes(package("P02", at, attachments=tuple(attached), spoiling=Spoiling()))
        paths.append(path)
    bring_in(towns, MINASE, paths)
    return numbers


def look_into(organisation: str = MINASE) -> None:
    """Run the jobs of screening until nothing is due."""
    jobs = [job for job in journey.JOBS if job.name in SCREENING]
    while sum(job.run(JobContext(organisation, Claimant("test", now()), 100)) for job in jobs):
        pass
