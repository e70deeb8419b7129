"""Progress bars that speak only on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .verbs import console

Tell = Callable[[str, int, int], None]


@contextmanager
def bars(names: dict[str, str] | None = None) -> Iterator[Tell]:
    """Yields a function (stage, done, total); one bar per stage, named in Japanese by `names`."""
    words = names or {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    screen = console()
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as progress:
        tasks = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(words.get(stage, stage), total=total)
            progress.update(tasks[stage], completed=done, total=total)

        yield tell
