"""A line of the log holds known fields of known shapes and nothing else, whatever was logged and by whom."""

import io
import json
import logging
from collections.abc import Callable

import pytest

from todoke.foundation import logs

CANARIES = ("織機　太郎", "東京都見本区1-2-3", "123456789012", "991234567890123", "Taro Orihata")
Tell = Callable[[Callable[[logging.Logger], object]], dict[str, object]]


@pytest.fixture
def told() -> Tell:
    """What a logger writes, as the JSON document of its one line."""

    def of(say: Callable[[logging.Logger], object]) -> dict[str, object]:
        page = io.StringIO()
        handler = logging.StreamHandler(page)
        handler.setFormatter(logs.formatter("json"))
        logger = logging.Logger("todoke.test")  # noqa: LOG001  # one of its own, for one line
        logger.addHandler(handler)
        say(logger)
        lines = page.getvalue().splitlines()
        assert len(lines) == 1, "one event, one line"
        document: dict[str, object] = json.loads(lines[0])
        return document

    return of


def test_an_event_with_its_fields_is_kept_apart(told: Tell) -> None:
    line = told(lambda log: log.warning("handover.core_away system=%s status=%s", "core-1", "503"))
    assert {name: line[name] for name in ("event", "level", "logger", "system", "status")} == {
        "event": "handover.core_away", "level": "warning", "logger": "todoke.test", "system": "core-1", "status": "503",
    }  # fmt: skip


def test_fields_may_come_as_extra_too(told: Tell) -> None:
    line = told(lambda log: log.warning("intake.postponed", extra={"package": 7, "error": "BlobDamaged"}))
    assert (line["package"], line["error"]) == (7, "BlobDamaged")


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("field", ["error", "code", "channel", "page", "organisation", "package", "note"])
def test_personal_data_fit_no_field(told: Tell, field: str, canary: str) -> None:
    text = json.dumps(
        told(lambda log: log.warning("relay.refused", extra={field: canary})), ensure_ascii=False
    )
    assert canary not in text
    assert '"dropped": 1' in text or field == "note"


def test_a_number_as_long_as_a_resident_number_is_dropped_and_an_id_is_kept(told: Tell) -> None:
    assert "package" not in told(lambda log: log.warning("x.y package=%d", 123456789012))
    assert told(lambda log: log.warning("x.y package=%d", 12345678901))["package"] == 12345678901


@pytest.mark.parametrize("canary", CANARIES)
def test_free_text_is_not_kept_whoever_wrote_it(told: Tell, canary: str) -> None:
    for say in (
        lambda log: log.error("cannot read " + canary),  # noqa: G003  # how a library might
        lambda log: log.error("cannot read %s", canary),
        lambda log: log.error("Internal Server Error: %s", f"/cases/?text={canary}"),
    ):
        line = told(say)
        assert canary not in json.dumps(line, ensure_ascii=False)
        assert line["event"] == "log.other"


def test_an_exception_is_its_class_and_its_places_and_not_its_text(told: Tell) -> None:
    def fail(log: logging.Logger) -> None:
        try:
            raise KeyError("織機　太郎")
        except KeyError:
            log.exception("work.failed job=%s", "relay.pull")

    line = told(fail)
    assert str(line["error"]).startswith("KeyError at ")
    assert str(line["trace"]).count(":") == 1
    assert "織機" not in json.dumps(line, ensure_ascii=False)


@pytest.mark.parametrize("attack", ["a\r\nb", "\x1b[2Ja", 'a", "level": "info', "a\u2028b", "a" * 1_000_000])
def test_nothing_from_outside_forges_a_line(told: Tell, attack: str) -> None:
    for field in ("code", "channel", "request"):
        line = told(lambda log, field=field: log.warning("relay.refused", extra={field: attack}))  # type: ignore[misc]  # bound on purpose
        assert line["event"] == "relay.refused"
        assert line["level"] == "warning"
        assert field not in line


@pytest.mark.parametrize("attack", ["a\r\nb", "\x1b[2Ja", "a" * 1_000_000])
def test_what_is_kept_is_escaped_and_cut(attack: str) -> None:
    from todoke.foundation.log_lines import LONGEST, one_line

    text = one_line(None, "", {"event": attack})["event"]
    assert text.isprintable()
    assert len(text) <= LONGEST + 1


def test_what_a_block_is_about_stands_in_every_line_within(told: Tell) -> None:
    def say(log: logging.Logger) -> None:
        with logs.about(request="0123456789abcdef", organisation="992011"):
            log.warning("x.y")

    line = told(say)
    assert (line["request"], line["organisation"]) == ("0123456789abcdef", "992011")
    assert "organisation" not in told(lambda log: log.warning("x.y"))


def test_on_a_terminal_a_line_is_readable() -> None:
    record = logging.LogRecord(
        "todoke", logging.WARNING, "", 1, "work.job_failed job=%s", ("relay.pull",), None
    )
    text = logs.formatter("console").format(record)
    assert "work.job_failed" in text
    assert "job=relay.pull" in text
    assert "{" not in text
