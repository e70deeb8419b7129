"""Several workers on one database: every application still ends where it must, and nothing leaves twice."""

from tests.support.town import Process, Town, _work, assert_nothing_is_lost

WORKERS = 4


def test_four_workers_at_once_end_as_one_does(town: Town) -> None:
    workers = [Process(_work) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    try:
        assert town.drain()
    finally:
        for worker in workers:
            worker.kill()
    assert town.drain()
    assert_nothing_is_lost(town)
