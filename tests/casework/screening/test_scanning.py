"""A file counts as clean when a scanner with fresh signatures, which finds the test file, has said so. Else it waits."""

from sandbox.clamd.server import EICAR, ClamdServer
from todoke.casework.screening.values import Opening, ScreeningState

from .conftest import Desk
from .files import File, attach


def test_a_clean_file_is_screened_and_opens(desk: Desk, clamd: ClamdServer) -> None:
    (one,) = attach(File(b"harmless text"))
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.original) == (ScreeningState.SCREENED, Opening.FREE)
    assert found.scan is not None
    assert found.scan.engine.name == "ClamAV 1.4.6"


def test_A01_malware_is_sealed(desk: Desk, clamd: ClamdServer) -> None:
    (one,) = attach(File(b"prefix " + EICAR))
    desk.run()
    found = desk.standing(one)
    assert (found.state, found.original) == (ScreeningState.SEALED, Opening.CLOSED)
    assert found.codes == ("ATT-601",)
