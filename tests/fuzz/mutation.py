"""A small fuzzer of our own, blind but everywhere at home: for machines without atheris, and for every test run."""

from collections.abc import Callable
from random import Random

from .targets import Target


class Found(AssertionError):
    """An input that broke its reader; the exception is the cause."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        super().__init__(f"{len(data)} bytes: {data.hex()}")


def run(target: Target, *, executions: int, seed: int, is_over: Callable[[], bool] = lambda: False) -> int:
    """Read that many mutated inputs, or as many as there is time for; returns how many. Raises Found."""
    random, pool = Random(seed), target.seeds()
    done = 0
    for data in pool:
        _read(target, data)
    while done < executions and not is_over():
        data = mutated(pool, random, target)
        _read(target, data)
        done += 1
    return done


def _read(target: Target, data: bytes) -> None:
    try:
        target.read(data)
    except Exception as broken:
        raise Found(data) from broken


def mutated(pool: list[bytes], random: Random, target: Target) -> bytes:
    """One of the seeds, changed in a few places."""
    data = bytearray(random.choice(pool))
    for _ in range(random.choice((1, 1, 1, 2, 4, 8))):
        _CHANGES[random.randrange(len(_CHANGES))](data, random, pool, target)
    return bytes(data[: target.longest])


def _flip(data: bytearray, random: Random, *_: object) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _set(data: bytearray, random: Random, *_: object) -> None:
    if data:
        data[random.randrange(len(data))] = random.choice((0, 1, 0x7F, 0x80, 0xFF, random.randrange(256)))


def _number(data: bytearray, random: Random, *_: object) -> None:
    width, at = random.choice((2, 4, 8)), random.randrange(len(data) + 1)
    value = random.choice((0, 1, 2**15, 2**16 - 1, 2**31, 2**32 - 1, 2**63, len(data))) % 2 ** (8 * width)
    data[at : at + width] = value.to_bytes(width, random.choice(("little", "big")))


def _cut(data: bytearray, random: Random, *_: object) -> None:
    at = random.randrange(len(data) + 1)
    del data[at : at + random.choice((1, 2, 16, 256, 4096))]


def _repeat(data: bytearray, random: Random, *_: object) -> None:
    at = random.randrange(len(data) + 1)
    data[at:at] = data[at : at + random.choice((1, 4, 64, 512))] * random.choice((1, 2, 16))


def _splice(data: bytearray, random: Random, pool: list[bytes], _: Target) -> None:
    other, at = random.choice(pool), random.randrange(len(data) + 1)
    start = random.randrange(len(other) + 1)
    data[at : at + random.randrange(64)] = other[start : start + random.randrange(256)]


def _word(data: bytearray, random: Random, _: list[bytes], target: Target) -> None:
    if target.words:
        at = random.randrange(len(data) + 1)
        data[at : at + random.choice((0, 4))] = random.choice(target.words)


_CHANGES: tuple[Callable[[bytearray, Random, list[bytes], Target], None], ...] = (
    _flip, _flip, _set, _number, _cut, _repeat, _splice, _word,
)  # fmt: skip
