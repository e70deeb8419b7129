"""Memory between pieces of work: the search for cycles of objects（循環参照の回収）put off, free memory given back."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let no search for cycles interrupt a bounded piece of work: the objects of a batch go by their counts.

    What was switched off before stays so. A search looks through every object of the process, and finds nothing here.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_back() -> None:
    """Give the memory that large work has left free back to the system: malloc_trim(3); nothing where there is none.

    Without it the C library keeps it for later, in a process that may never need so much again.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc
    if trim is not None:
        trim(0)
