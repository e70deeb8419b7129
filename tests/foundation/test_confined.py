"""Whatever a hostile document does to the confined worker costs that document alone, and reaches nothing outside."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from todoke.foundation.confined import (
    Answer,
    ConfinedLimits,
    ConfinementFailed,
    Crew,
    Death,
    DeathReason,
    Question,
    crew_of,
)

TARGET = "tests.foundation.confined_targets:act"
LIMITS = ConfinedLimits(memory_bytes=128 << 20, cpu_seconds=1, wall_seconds=5, document_bytes=1_000_000)


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with Crew(TARGET, limits=LIMITS, is_required=True) as found:
        yield found


def question(deed: str = "nothing", data: bytes = b"") -> Question:
    return Question({"deed": deed}, data)


def told(crew: Crew, deed: str) -> object:
    answer = crew.ask([question(deed)])[0]
    assert isinstance(answer, Answer), answer
    return answer.document["told"]


def children_of(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(number) for number in listed]


def test_questions_are_answered_in_order_with_their_bytes(crew: Crew) -> None:
    asked = [Question({"number": number}, number.to_bytes(8, "big") * 10_000) for number in range(20)]
    answers = crew.ask(asked)
    assert [(one.document["number"], one.document["size"]) for one in answers if isinstance(one, Answer)] == [
        (number, 80_000) for number in range(20)
    ]
    contents = [one.data for one in asked if isinstance(one.data, bytes)]
    assert [one.output for one in answers if isinstance(one, Answer)] == [content[:4] for content in contents]


def test_a_briefing_lies_under_every_question(crew: Crew) -> None:
    answers = crew.ask([question(), Question({"town": "c"})], briefing={"town": "b"})
    assert [one.document["town"] for one in answers if isinstance(one, Answer)] == ["b", "c"]


def test_a_large_original_is_lent_as_a_file(crew: Crew, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(300 << 20)
    with large.open("rb") as file:
        answer = crew.ask([Question({}, file.fileno()), question(data=b"small")])
        assert file.fileno() >= 0
    assert [one.document["size"] for one in answer if isinstance(one, Answer)] == [300 << 20, 5]


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        ("memory", DeathReason.MEMORY),
        ("cpu", DeathReason.CPU),
        ("segfault", DeathReason.CRASHED),
        ("abort", DeathReason.CRASHED),
        ("exit", DeathReason.CRASHED),
        ("socket", DeathReason.REFUSED),
        ("execute", DeathReason.REFUSED),
        ("fork", DeathReason.REFUSED),
        ("write", DeathReason.REFUSED),
        ("delete", DeathReason.REFUSED),
        ("garbage", DeathReason.CRASHED),
        ("long", DeathReason.CRASHED),
        ("fail", DeathReason.CRASHED),
        ("not_json", DeathReason.CRASHED),
        ("nan", DeathReason.CRASHED),
    ],
)
def test_a_culprit_costs_itself_only(crew: Crew, deed: str, reason: DeathReason) -> None:
    deeds = ["nothing", "nothing", deed, "nothing", "nothing", "nothing", "nothing"]
    outcomes = crew.ask(question(one, b"%d" % place) for place, one in enumerate(deeds))
    assert [one.reason if isinstance(one, Death) else one.output for one in outcomes] == [
        reason if one == deed else b"%d" % place for place, one in enumerate(deeds)
    ]


def test_one_that_never_answers_is_killed_by_the_clock() -> None:
    with Crew(TARGET, limits=ConfinedLimits(wall_seconds=1), is_required=True) as crew:
        outcomes = crew.ask([question("sleep"), question()])
    assert outcomes[0] == Death(DeathReason.WALL)
    assert isinstance(outcomes[1], Answer)


def test_two_culprits_side_by_side_cost_themselves_only(crew: Crew) -> None:
    deeds = ["segfault", "memory", "nothing", "socket", "socket", "nothing"]
    outcomes = crew.ask(question(one) for one in deeds)
    assert [isinstance(one, Answer) for one in outcomes] == [deed == "nothing" for deed in deeds]


def test_a_bug_in_the_target_is_told_without_what_it_was_about(crew: Crew) -> None:
    death = crew.ask([question("fail")])[0]
    assert isinstance(death, Death)
    assert death.where.startswith("ValueError at tests.foundation.confined_targets:")


def test_nothing_can_be_read(crew: Crew) -> None:
    assert told(crew, "read") == "PermissionError"


def test_a_folder_may_be_opened_for_reading_and_no_other(tmp_path: Path) -> None:
    with Crew(TARGET, limits=ConfinedLimits(readable=("/etc",)), is_required=True) as crew:
        has_landlock = crew.walls()["landlock"]
        assert str(told(crew, "read")).startswith("read " if has_landlock else "PermissionError")
    with Crew(TARGET, limits=ConfinedLimits(readable=(str(tmp_path),)), is_required=True) as crew:
        assert told(crew, "read") == "PermissionError"
        assert crew.ask([question("write")]) == [Death(DeathReason.REFUSED)]


def test_the_environment_holds_no_setting(crew: Crew, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TODOKE_DATABASE_URL", "postgresql://secret")
    with Crew(TARGET, is_required=True) as fresh:
        environment = told(fresh, "environment")
    assert isinstance(environment, dict)
    assert set(environment) <= {"LC_CTYPE"}  # Python's own


def test_the_child_holds_no_descriptor_but_its_line(crew: Crew) -> None:
    found = told(crew, "descriptors")
    assert isinstance(found, list)
    assert found[:3] == [0, 1, 2]
    assert len(found) == 4


def test_neither_django_nor_settings_are_loaded(crew: Crew) -> None:
    modules = told(crew, "modules")
    assert isinstance(modules, list)
    assert not {"django", "psycopg", "sqlite3", "pydantic"} & set(modules)


def test_what_is_loaded_at_first_use_can_be_prepared(crew: Crew) -> None:
    assert told(crew, "prepared") == ["yes"]


@pytest.mark.parametrize("deed", ["limits", "executable", "signal"])
def test_the_fences_cannot_be_lowered(crew: Crew, deed: str) -> None:
    assert told(crew, deed) in ("PermissionError", "ValueError")


def test_the_children_of_a_spawner_that_dies_die_with_it_and_the_questions_go_on(crew: Crew) -> None:
    def questions() -> Iterator[Question]:
        yield question()
        os.kill(crew_spawner(crew), signal.SIGKILL)
        for _ in range(6):
            yield question()

    first = told(crew, "who")
    outcomes = crew.ask(questions())
    assert [type(one) for one in outcomes] == [Answer] * 7
    assert isinstance(first, list)
    assert told(crew, "who") != first


def crew_spawner(crew: Crew) -> int:
    assert crew._spawner is not None
    return crew._spawner.pid


def test_a_spawner_that_never_stays_up_is_said_and_costs_nothing(crew: Crew) -> None:
    def questions() -> Iterator[Question]:
        while True:
            if crew._spawner is not None:
                os.kill(crew._spawner.pid, signal.SIGKILL)
            yield question()

    with pytest.raises(ConfinementFailed):
        crew.ask(questions())
    assert isinstance(crew.ask([question()])[0], Answer)


def test_a_target_that_cannot_be_imported_is_said() -> None:
    with (
        Crew("tests.foundation.nowhere:act", is_required=True) as crew,
        pytest.raises(ConfinementFailed) as told_,
    ):
        crew.ask([question()])
    assert told_.value.facts["where"].startswith("ModuleNotFoundError")


def test_a_trouble_in_taking_questions_reaches_the_caller_and_leaves_nothing(crew: Crew) -> None:
    def questions() -> Iterator[Question]:
        yield question("sleep")
        raise RuntimeError("the vault")

    crew.ask([question()])
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(RuntimeError, match="the vault"):
        crew.ask(questions())
    assert isinstance(crew.ask([question()])[0], Answer)
    assert len(os.listdir("/proc/self/fd")) == before


def test_nothing_is_left_behind(crew: Crew) -> None:
    crew.ask([question()])
    spawner, before = crew_spawner(crew), len(os.listdir("/proc/self/fd"))
    crew.ask([question(deed) for deed in ("segfault", "nothing", "garbage", "nothing")])
    crew.ask([question(data=b"x" * 100_000)] * 50)
    assert len(os.listdir("/proc/self/fd")) == before
    crew.close()
    assert not Path(f"/proc/{spawner}").exists()


def test_what_children_cost_can_be_measured(crew: Crew) -> None:
    before = crew.cpu_seconds()
    crew.ask([question("cpu"), question()])
    assert crew.cpu_seconds() - before > 1.5  # twice a second: the culprit is tried once more


def test_a_child_is_replaced_after_so_many_answers() -> None:
    with Crew(TARGET, limits=ConfinedLimits(answers=3), is_required=True) as crew:
        answers = crew.ask([question("who")] * 8)
    children = [one.document["told"][0] for one in answers if isinstance(one, Answer)]
    assert len(children) == 8
    assert [len(set(children[start : start + 3])) for start in (0, 3, 6)] == [1, 1, 1]
    assert len(set(children)) == 3


def test_threads_share_a_crew(crew: Crew) -> None:
    found: dict[int, object] = {}

    def ask(number: int) -> None:
        found[number] = [
            one.document["size"]
            for one in crew.ask([question(data=b"x" * number)] * 5)
            if isinstance(one, Answer)
        ]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [number] * 5 for number in range(1, 6)}


def test_a_process_that_was_forked_gets_its_own_spawner() -> None:
    crew = crew_of(TARGET)
    crew.ask([question()])
    ours = crew_spawner(crew)
    child = os.fork()
    if child == 0:
        try:
            answer = crew.ask([question()])[0]
            is_own = isinstance(answer, Answer) and crew_spawner(crew) != ours
            crew.close()
            os._exit(0 if is_own else 1)
        finally:
            os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert isinstance(crew.ask([question()])[0], Answer)
    assert crew_spawner(crew) == ours
    crew.close()


WORKER = """
import os, sys
from todoke.foundation.confined import Crew, Question
crew = Crew(sys.argv[1], is_required=True)
def questions():
    for _ in range(8):
        yield Question({"deed": "nothing"})
    print(crew._spawner.pid, flush=True)
    yield Question({"deed": "sleep"})
crew.ask(questions())
"""


def test_kill_9_of_a_worker_takes_spawner_and_child_along() -> None:
    command = [sys.executable, "-c", WORKER, TARGET]
    path = os.pathsep.join(place for place in sys.path if place)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path}
    ) as worker:
        assert worker.stdout is not None
        spawner = int(worker.stdout.readline())
        family = [spawner, *children_of(spawner)]
        assert len(family) == 2
        watched = [os.pidfd_open(one) for one in family]
        worker.kill()
    for one in watched:
        assert _ends(one)
        os.close(one)


def _ends(process: int) -> bool:
    import select

    poll = select.poll()
    poll.register(process, select.POLLIN)
    return bool(poll.poll(20_000))


WITHOUT_SECCOMP = """
import ctypes, json, sys
from todoke.foundation import seccomp
seccomp.ALLOWED.clear(), seccomp.KILLED.clear()
step, out = seccomp._step, 0x7FFF0000
deny = [step(0x20, 0), step(0x15, {"x86_64": 157, "aarch64": 167}[seccomp.platform.machine()], 0, 3), step(0x20, 16),
        step(0x15, 22, 0, 1), step(0x06, 0x50016), step(0x06, out)]
seccomp.install(b"".join(deny))  # from here on nobody below us can install a filter: EINVAL, as without it in the kernel
from todoke.foundation.confined import ConfinementMissing, Crew, Question
questions = [Question({"deed": "nothing"}), Question({"deed": "segfault"}), Question({"deed": "read"})]
try:
    with Crew(sys.argv[1], is_required=True) as crew:
        crew.ask(questions)
except ConfinementMissing as missing:
    print(missing.code)
with Crew(sys.argv[1], is_required=False) as crew:
    print(json.dumps([type(one).__name__ for one in crew.ask(questions)]), json.dumps(crew.walls()))
"""


def test_without_a_filter_in_the_kernel_a_required_confinement_refuses_to_work() -> None:
    """F20: never parsed unconfined in strict mode; best effort goes on with the other fences, and says so."""
    path = os.pathsep.join(place for place in sys.path if place)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SECCOMP, TARGET],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    code, outcome = done.stdout.splitlines()
    assert code == "SYS-920"
    outcomes, _, walls = outcome.partition("] ")
    assert json.loads(outcomes + "]") == ["Answer", "Death", "Answer"]
    assert json.loads(walls)["seccomp"] is False
    assert "confined.no_seccomp" in done.stderr


SMALL_MACHINE = """
import json, os, resource, sys
from todoke.foundation.confined import Crew, Question
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
with Crew(sys.argv[1], is_required=True) as crew:
    asked = [Question({"number": number}, b"x" * 100_000) for number in range(200)]
    print(json.dumps([one.document["number"] for one in crew.ask(asked)]))
"""


def test_one_processor_and_few_descriptors_are_enough() -> None:
    """F26"""
    path = os.pathsep.join(place for place in sys.path if place)
    done = subprocess.run(
        [sys.executable, "-c", SMALL_MACHINE, TARGET],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert json.loads(done.stdout) == list(range(200))
