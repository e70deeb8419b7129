"""A question that hangs holds one thread, whoever asks; the answer counts again once there is one in time."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from todoke.foundation.patience import Patience

LONG = 60.0


def test_an_answer_and_a_trouble_come_through() -> None:
    assert Patience(lambda: 7, seconds=LONG).answer() == 7

    def fail() -> int:
        raise OSError(5, "refused")

    failing = Patience(fail, seconds=LONG)
    for _ in range(2):
        with pytest.raises(OSError, match="refused"):
            failing.answer()


def test_F08_while_a_question_hangs_it_is_asked_once_and_nobody_waits_again() -> None:
    gate, asked = threading.Event(), list[int]()

    def hang() -> str:
        asked.append(1)
        gate.wait(LONG)
        return "there"

    hanging = Patience(hang, seconds=0.05)
    with ThreadPoolExecutor(8) as pages:
        assert set(pages.map(lambda _: hanging.answer(), range(40))) == {None}
    assert asked == [1]
    assert [one.name for one in threading.enumerate()].count("patience") == 1
    gate.set()
    patient = Patience(hang, seconds=LONG)
    assert patient.answer() == "there"


def test_whoever_waits_for_the_same_answer_gets_it() -> None:
    gate = threading.Barrier(4)
    once = Patience(threading.get_ident, seconds=LONG)

    def ask() -> int | None:
        gate.wait(LONG)
        return once.answer()

    with ThreadPoolExecutor(4) as pages:
        assert None not in list(pages.map(lambda _: ask(), range(4)))


def test_a_child_asks_for_itself_what_hung_in_its_parent() -> None:
    gate, parent = threading.Event(), os.getpid()

    def hang() -> bool:
        if os.getpid() == parent:
            gate.wait(LONG)
        return True

    hanging = Patience(hang, seconds=0.05)
    assert hanging.answer() is None
    child = os.fork()
    if child == 0:
        os._exit(0 if Patience.answer(hanging) is not None or hanging.answer() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    gate.set()
