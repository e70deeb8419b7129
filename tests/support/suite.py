"""`make test` and `make check`: the tests, with lint and types beside them; quiet about what is well, all findings at the end.

The programs that some tests need are installed where we are root; elsewhere their one apt line is printed and
those tests fail last.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import programs

ROOT = Path(__file__).parents[2]
LOGS = ROOT / ".cache" / "test"
BIN = Path(sys.executable).parent
COUNT = re.compile(r"(\d+) (passed|failed|skipped|error)")
WORKERS = ("-n", os.environ.get("TODOKE_TEST_WORKERS", "2"), "--dist", "worksteal")

ONCE = (
    "proof", "japanese", "samples", "sandbox", "fuzz", "bench",
    "hostile/test_proof.py", "hostile/test_attachments.py", "hostile/test_xml_signatures.py",
    "foundation/test_confined.py", "foundation/test_seccomp.py", "foundation/test_objects.py",
    "journeys/test_on_object_storage.py",
    "foundation/test_calendars.py", "foundation/test_canonical.py", "foundation/test_first_key.py",
    "foundation/test_sentences.py",
    "casework/intake/test_flips.py", "casework/screening/test_plain.py",
    "casework/screening/test_standings.py", "casework/handover/test_rules.py", "casework/identify/test_rows.py",
    "deploy/test_alerts.py", "deploy/test_compose.py", "deploy/test_helm.py", "deploy/test_image.py",
    "deploy/test_closed_network.py", "deploy/test_nginx.py", "deploy/test_systemd.py",
    "cli/test_first_tables.py", "cli/test_processes.py", "cli/test_troubles.py",
    "foundation/test_logs.py", "foundation/test_traces.py", "web/test_log_canaries.py",
    "architecture/test_docs.py", "architecture/test_glossary.py", "architecture/test_regexes.py",
    "architecture/test_requirements.py", "architecture/test_settings_documented.py",
    "architecture/test_sizes_and_names.py", "architecture/test_workplace.py",
    # what becomes of a text, a file, a certificate or a request is the same on any database; the whole journeys,
    # arrivals out of order, identities, the desk and the hand-over run on both
    "hostile/test_texts.py", "hostile/test_screened.py", "hostile/test_revocations.py", "hostile/test_smuggling.py",
    "hostile/test_operation.py", "journeys/test_hostile_neighbours.py", "faults/test_disruptions.py",
    "foundation/test_trays.py", "faults/test_planted.py", "faults/test_sweep.py",
    "hostile/test_orders.py", "web/test_entrance.py",
    "programme/forecast/pure",  # the engine knows no database
    "programme/forecast/kept/test_effect_of_editions.py",
    "web/test_in_browser.py",  # what a browser makes of a page
    # pages are composed of doors that run on both; so are the tries of addresses and the numbers of questions
    "web/board", "hostile/test_web.py", "architecture/test_query_counts.py",
    "programme/rollup/test_drafts_stay_home.py", "programme/rollup/test_levels.py",
    "programme/rollup/test_files_of_the_roll_up.py", "programme/rollup/test_signatures.py",
    "programme/plans/test_merging_rules.py", "programme/plans/test_roadmap.py",
    "web/test_second_step.py", "foundation/test_entrance_rules.py", "casework/daily/test_daily_rules.py",
    "programme/progress/test_case_files.py", "casework/figures/test_figure_rules.py",
    "programme/packs/test_expression_rules.py", "programme/packs/test_finding_rules.py",
    "programme/packs/test_hostile_files.py", "programme/packs/test_shipped_packs.py",
    "programme/packs/test_succession_rules.py",
    # what a role may is asked before any database; on PostgreSQL every page is opened by test_headers.py and every object
    # by test_who_may_open_what.py
    "architecture/test_roles.py",
    # so is what stands on a page; lists, colleagues, exports, restoring, moving and a full disk stay on both
    "web/test_approvals.py", "web/test_daily.py", "web/test_disposal.py", "web/test_files.py",
    "web/test_identity_view.py", "web/test_late_withdrawal.py", "web/test_numbers.py", "web/test_operations.py",
    "web/test_packages.py", "web/test_parked.py", "web/test_procedures.py", "web/test_protected_everywhere.py",
    "web/test_returns.py", "web/test_staff.py", "web/test_staff_member.py", "web/test_trust.py",
    # these open no database
    "architecture/test_codes.py", "architecture/test_doors.py", "casework/cases/test_search.py",
    "casework/cases/test_transitions.py", "casework/disposal/test_periods.py", "casework/handover/test_profiles.py",
    "casework/identify/test_comparing.py", "casework/identify/test_parties.py", "casework/identify/test_resolving.py",
    "casework/intake/test_checking.py", "casework/intake/test_openssl.py", "casework/intake/test_trust_loading.py",
    "casework/intake/test_xml_tools.py", "casework/notify/test_rules.py", "casework/protection/test_layouts.py",
    "casework/relay/test_rules.py", "casework/screening/test_clamd.py", "foundation/test_sorted_rows.py",
    "foundation/test_workbooks.py", "programme/progress/test_figures.py", "support/test_proxy.py", "support/test_suite.py",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the suite: its name on the screen, its words, what it adds to the environment."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def is_test_run(self) -> bool:
        """Whether pytest runs, which counts."""
        return self.command[0] == "pytest"

    @property
    def has_result(self) -> bool:
        """Whether the last line that it says is worth showing."""
        return self.is_test_run or self.command[0] == "python"


def _pytest(name: str, database: str, *arguments: str) -> Step:
    return Step(
        name,
        ("pytest", "-q", "--durations=10", "--durations-min=5", *arguments),
        {"TODOKE_TEST_DATABASE": database},
    )


def _fast_tests() -> list[str]:
    """The tests of rules, proof and japanese, and those of the architecture that open no page."""
    folders = [
        f"tests/{name}" for name in ("proof", "japanese", "architecture") if (ROOT / "tests" / name).is_dir()
    ]
    rules = sorted(str(file.relative_to(ROOT)) for file in ROOT.glob("tests/**/test_*rules*.py"))
    slow = [
        f"--ignore=tests/architecture/{name}.py"
        for name in ("test_who_may_open_what", "test_roles", "test_query_counts")
    ]
    return [*folders, *(file for file in rules if not file.startswith(tuple(folders))), *slow]


def _without_a_database() -> list[str]:
    """Options that leave out, on the second database, what touches none or is the same on any: once is enough."""
    return [f"--ignore=tests/{name}" for name in ONCE]


def _fault_tests() -> list[str]:
    """The tests that kill, cut, stall or run many workers; each file or its folder says so in its name."""
    words = ("fault", "kill", "many_workers", "large")
    return sorted(
        str(file.relative_to(ROOT))
        for file in ROOT.glob("tests/**/test_*.py")
        if any(word in str(file.relative_to(ROOT)) for word in words)
    )


LINT = (
    Step("ruff", ("ruff", "check", "--quiet", ".")),
    Step("ruff format", ("ruff", "format", "--quiet", "--check", "--diff", ".")),
    Step("mypy", ("mypy", "--no-error-summary")),
    Step("import-linter", ("lint-imports", "--no-logo", "--cache-dir", ".cache/import-linter")),
)


def _steps(kind: str) -> list[Step]:
    suites = {
        "all": lambda: [
            *LINT,
            Step("bad inputs", ("python", "-m", "tests.hostile.coverage")),
            _pytest("SQLite", "sqlite", *WORKERS),
            _pytest("PostgreSQL", "postgresql", *WORKERS, *_without_a_database()),
        ],
        "fast": lambda: [*LINT, _pytest("rules", "sqlite", *WORKERS, *_fast_tests())],
        "faults": lambda: [
            _pytest("faults, SQLite", "sqlite", *_fault_tests()),
            _pytest("faults, PostgreSQL", "postgresql", *_fault_tests()),
        ],
        "docs": lambda: [
            _pytest("docs", "sqlite", "tests/architecture", "-k", "docs or glossary or setting")
        ],
    }
    return suites[kind]()


def _install_programs() -> None:
    missing = programs.missing()
    if not missing:
        return
    line = programs.install_line(missing)
    if os.geteuid() != 0:
        print(f"次の試験用プログラムがありません (missing for some tests): {line}", flush=True)
        return
    print(f"試験用のプログラムを入れています (installing): {line} …", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["apt-get", "update"], line.split()):
        if subprocess.run(words, env=environment, check=False, **quiet).returncode:  # type: ignore[call-overload]  # three keywords of one kind
            print(f"入りませんでした (did not install): {line}", flush=True)
            return


def _environment(step: Step) -> dict[str, str]:
    """Ours, with compiled modules kept: every worker and every command that a test starts imports all of Todoke."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**ours, "TODOKE_VAR": str(ROOT / ".cache" / "var"), **step.environment}


def _run(step: Step) -> tuple[bool, str]:
    """Run a step to its end; (whether it was well, all it said)."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{re.sub('[^A-Za-z]+', '-', step.name)}.log"
    begin = time.monotonic()
    with log.open("wb") as output:
        command = [str(BIN / step.command[0]), *step.command[1:]]
        done = subprocess.run(
            command, cwd=ROOT, env=_environment(step), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            check=False,
        )  # fmt: skip
    text = log.read_text(errors="replace").strip()
    is_well = done.returncode == 0
    closing = text.splitlines()[-1] if step.has_result and text else ""
    print(
        f"{'✓' if is_well else '✗'} {step.name:<14} {time.monotonic() - begin:6.1f} s  {closing}", flush=True
    )
    return is_well, text


def _results(steps: Sequence[Step]) -> Iterator[tuple[Step, tuple[bool, str]]]:
    """Every step with what came of it. The others run one by one beside the tests: they keep one core busy only."""
    beside = [step for step in steps if not step.is_test_run]
    with ThreadPoolExecutor(max_workers=1) as other:
        waiting = [(step, other.submit(_run, step)) for step in beside]
        for step in steps:
            if step.is_test_run:
                yield step, _run(step)
        for step, result in waiting:
            yield step, result.result()


def _skips(text: str) -> list[str]:
    """The skipped tests and why: nothing is left out silently."""
    return [line for line in text.splitlines() if line.startswith("SKIPPED")]


def main(arguments: Sequence[str]) -> int:
    """Run a suite (all, fast, faults, docs); 0 only when every step was well."""
    kind = arguments[0] if arguments else "all"
    if kind in ("all", "faults"):
        _install_programs()
    failed: list[tuple[Step, str]] = []
    counts = dict.fromkeys(("passed", "failed", "skipped", "error"), 0)
    for step, (is_well, text) in _results(_steps(kind)):
        if not is_well:
            failed.append((step, text))
        if step.is_test_run and text:
            for number, word in COUNT.findall(text.splitlines()[-1]):
                counts[word] += int(number)
            print("".join(f"    {line}\n" for line in _skips(text)), end="", flush=True)
    for step, text in failed:
        print(f"\n──── {step.name} ────\n{text[-12_000:]}")
    print(
        f"\n{counts['passed']} passed, {counts['failed'] + counts['error']} failed, {counts['skipped']} skipped"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
