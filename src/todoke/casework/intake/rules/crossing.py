"""What crosses between the worker and the confined worker, as JSON: layouts one way, what was found the other.

The types are the schema. A document with another field, type or word than they name is refused, so that a child that
hostile bytes have taken over can say nothing but what a sound one could（decision 12 of the architecture）.
"""

from functools import lru_cache

from pydantic import ConfigDict, TypeAdapter, ValidationError

from todoke.casework.intake.values import LayoutProfile

from .opening import Opened

_STRICT = ConfigDict(strict=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")


class CrossingBroken(Exception):
    """What came from the other side does not fit the schema; the text never quotes it."""


@lru_cache(maxsize=1)
def _opened() -> TypeAdapter[tuple[Opened]]:
    return TypeAdapter(tuple[Opened], config=_STRICT)  # a tuple, because its settings reach what is inside


@lru_cache(maxsize=1)
def _profiles() -> TypeAdapter[tuple[LayoutProfile]]:
    return TypeAdapter(tuple[LayoutProfile], config=_STRICT)


def opened_document(opened: Opened) -> bytes:
    """What was found in a package, as JSON. Raises ValueError for a text that is no Unicode."""
    return _opened().dump_json((opened,))


def opened_of(document: bytes) -> Opened:
    """What a child says it found. Raises CrossingBroken."""
    try:
        return _opened().validate_json(document)[0]
    except ValidationError:
        raise CrossingBroken from None


def profile_document(profile: LayoutProfile) -> str:
    """A layout as JSON."""
    return _profiles().dump_json((profile,)).decode()


@lru_cache(maxsize=16)  # a batch has one or two
def profile_of(document: str) -> LayoutProfile:
    """The layout that a worker wrote down. Raises CrossingBroken."""
    try:
        return _profiles().validate_json(document)[0]
    except ValidationError:
        raise CrossingBroken from None


def prepare() -> None:
    """Build the schemas now, not at first use."""
    _opened()
    _profiles()
