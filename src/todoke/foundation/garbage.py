"""Python's search for cycles of objects（循環参照の回収）, put off while a batch is under way."""

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
