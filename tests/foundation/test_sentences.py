"""Sentences for clerks: what stands in a fact is read by people."""

import pytest

from todoke.foundation.errors import TodokeError, sentence_of
from todoke.web.shared.templatetags.todoke import answered


class _Late(TodokeError):
    code = "SYS-900"
    sentence = "{when} を過ぎています（{count}件）。"


def test_a_moment_is_read_in_the_era_and_in_japanese_time() -> None:
    told = sentence_of("CRT-310", {"when": "2026-03-20T15:00:00+00:00"})
    assert "（令和8年3月21日 00:00）" in told
    assert _Late(when="2019-04-30T14:59:59.250000+00:00", count=3).for_screen() == (
        "平成31年4月30日 23:59 を過ぎています（3件）。"
    )


@pytest.mark.parametrize(
    "fact",
    [
        "2026-03-20",
        "2026-03-20T15:00:00",
        "20260320T150000Z",
        "2026-13-20T15:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_is_no_moment_stays_as_it_is(fact: str) -> None:
    assert f"（{fact}）" in sentence_of("CRT-310", {"when": fact})


def test_an_unknown_fact_is_a_dash() -> None:
    assert "（－）" in sentence_of("CRT-310", {"which": "certificate"})


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-06-24", '2026-06-24 <span class="quiet">（令和8年6月24日）</span>'),
        (
            "2026-04-05T20:54:57+09:00",
            '2026-04-05T20:54:57+09:00 <span class="quiet">（令和8年4月5日 20:54）</span>',
        ),
        ("2026-02-30", "2026-02-30"),
        ("<b>", "&lt;b&gt;"),
        ("24", "24"),
    ],
)
def test_beside_a_date_that_was_sent_stands_its_era(sent: str, shown: str) -> None:
    assert answered(sent) == shown
