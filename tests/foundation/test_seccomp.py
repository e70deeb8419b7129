"""The filter on system calls, run as the kernel would run it, for both architectures."""

import errno
import struct

import pytest

from todoke.foundation import seccomp

KILL, ALLOW, ERRNO = 0x80000000, 0x7FFF0000, 0x00050000
AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
COLUMN = {"x86_64": 0, "aarch64": 1}
PID = 4_711
machines = pytest.mark.parametrize("machine", AUDIT)


def outcome(
    monkeypatch: pytest.MonkeyPatch,
    machine: str,
    number: int,
    *arguments: int,
    may_read: bool = False,
    architecture: int | None = None,
) -> int:
    """What the filter says to one call（linux/filter.h）."""
    monkeypatch.setattr("platform.machine", lambda: machine)
    steps = list(struct.iter_unpack("=HBBI", seccomp.program(PID, may_read=may_read)))
    call = struct.pack(
        "=IIQ6Q", number, architecture or AUDIT[machine], 0, *arguments, *[0] * (6 - len(arguments))
    )
    at = held = 0
    for _ in range(len(steps)):
        code, if_true, if_false, value = steps[at]
        at += 1
        if code == 0x20:
            (held,) = struct.unpack_from("=I", call, value)
        elif code == 0x06:
            return int(value)
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
            at += if_true if holds else if_false
    raise AssertionError("the filter has no end")


def numbers(table: dict[str, tuple[int | None, int | None]], machine: str) -> list[int]:
    return [one for both in table.values() if (one := both[COLUMN[machine]]) is not None]


@machines
def test_what_is_needed_is_allowed_and_what_only_an_attack_asks_for_kills(
    monkeypatch: pytest.MonkeyPatch, machine: str
) -> None:
    assert {outcome(monkeypatch, machine, one) for one in numbers(seccomp.ALLOWED, machine)} == {ALLOW}
    assert {outcome(monkeypatch, machine, one) for one in numbers(seccomp.KILLED, machine)} == {KILL}


@machines
def test_no_call_stands_in_two_tables(machine: str) -> None:
    allowed, killed = numbers(seccomp.ALLOWED, machine), numbers(seccomp.KILLED, machine)
    assert len(set(allowed)) == len(allowed)
    assert len(set(killed)) == len(killed)
    assert not set(allowed) & set(killed)


@machines
def test_a_call_that_nobody_has_named_fails(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    for number in (400, 424, 9_999):
        assert outcome(monkeypatch, machine, number) == ERRNO | errno.EPERM


@machines
@pytest.mark.parametrize("flags", [0o1, 0o2, 0o100, 0o1000, 0o2000, 0o20200000])
def test_opening_for_writing_kills(monkeypatch: pytest.MonkeyPatch, machine: str, flags: int) -> None:
    number = {"x86_64": 257, "aarch64": 56}[machine]
    for may_read in (False, True):
        assert outcome(monkeypatch, machine, number, 0, 0, flags, may_read=may_read) == KILL


@machines
def test_opening_for_reading_fails_unless_another_fence_stands(
    monkeypatch: pytest.MonkeyPatch, machine: str
) -> None:
    number = {"x86_64": 257, "aarch64": 56}[machine]
    assert outcome(monkeypatch, machine, number, 0, 0, 0o2000000) == ERRNO | errno.EACCES
    assert outcome(monkeypatch, machine, number, 0, 0, 0o2000000, may_read=True) == ALLOW


@machines
def test_memory_is_never_made_executable(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    for number in ({"x86_64": 9, "aarch64": 222}[machine], {"x86_64": 10, "aarch64": 226}[machine]):
        assert outcome(monkeypatch, machine, number, 0, 0, 3) == ALLOW
        assert outcome(monkeypatch, machine, number, 0, 0, 7) == ERRNO | errno.EACCES


@machines
def test_a_signal_goes_to_the_process_itself_only(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    for number in ({"x86_64": 62, "aarch64": 129}[machine], {"x86_64": 234, "aarch64": 131}[machine]):
        assert outcome(monkeypatch, machine, number, PID) == ALLOW
        assert outcome(monkeypatch, machine, number, PID + 1) == ERRNO | errno.EPERM


@machines
def test_the_calls_of_another_architecture_kill(monkeypatch: pytest.MonkeyPatch, machine: str) -> None:
    assert outcome(monkeypatch, machine, 0, architecture=0x40000003) == KILL  # i386


def test_the_32_bit_calls_of_x86_64_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outcome(monkeypatch, "x86_64", 0x40000000) == KILL


def test_an_architecture_that_nobody_has_looked_up_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(seccomp.SeccompMissing):
        seccomp.program(PID, may_read=False)
