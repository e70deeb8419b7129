"""The index of words finds what reading every case would find, whoever asks, and follows every change of a case."""

from random import Random

import pytest
from django.db import connection, transaction

from tests.casework.cases.conftest import Clerks
from tests.casework.identify.conftest import HIYORI, MINASE, NOW
from tests.support.rows import make
from todoke.casework.cases import queries, services
from todoke.casework.cases.errors import SearchTooShort
from todoke.casework.cases.models import Case
from todoke.casework.cases.rules import search
from todoke.casework.cases.values import CaseStatus, Filters
from todoke.casework.intake.values import SignatureState
from todoke.foundation import keeping_words, word_index
from todoke.foundation.fence import scope
from todoke.foundation.word_index import Reach

# Few characters, so that most words occur: names, variants, both kana, width, marks, signs, what no index of words likes.
LETTERS = list("山田太郎髙高神\ufa19辺邉𠮷𡈽アｱあァガｶﾞーｰ・ 　aＡ1１|｜'\"%_\\#&!():*-^+葛\U000e0100é")
TEXTS, ASKED = 50, 150
TABLE = Case._meta.db_table


def written(random: Random) -> str:
    return "".join(random.choices(LETTERS, k=random.randint(1, 9)))


def stored(organisation: str, *texts: str, **given: object) -> Case:
    with scope(organisation):
        return make(
            Case, search=search.search_text(texts), duplicate_kind="none",
            signature_state=SignatureState.NOT_REQUIRED.value, **given,
        )  # fmt: skip


def holds(case: Case, text: str) -> bool:
    """As it would be read along: every run of pairs of the text stands in the case's search text."""
    return all(phrase in case.search for phrase in search.phrases(text))


def listed(viewer: object, text: str, **filters: object) -> list[int]:
    found: list[int] = []
    after = None
    with scope(viewer.organisation, read_only=True):  # type: ignore[attr-defined]  # a Viewer
        while True:
            page = queries.worklist(viewer, Filters(text=text, **filters), after=after, size=7)  # type: ignore[arg-type]
            found += [row.id for row in page.rows]
            after = page.next_after
            if after is None:
                return found


def held(organisation: str, *words: str) -> list[int]:
    with scope(organisation, read_only=True):
        return word_index.ids_with(TABLE, words, Reach(100))


@pytest.mark.parametrize("most", [5_000, 3])
def test_the_index_finds_what_reading_every_case_finds(
    clerks: Clerks, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    random = Random(most)
    cases = [stored(MINASE, *[written(random) for _ in range(random.randint(1, 3))]) for _ in range(TEXTS)]
    monkeypatch.setattr(queries, "SEARCHED", most)
    tried = hits = 0
    for _ in range(ASKED):
        text = written(random) if random.random() < 0.5 else " ".join(random.choice(cases).search.split()[:1])
        try:
            wanted = [case.pk for case in reversed(cases) if holds(case, text)]
        except SearchTooShort:
            continue
        if text.strip() and search.receipt_prefix(text) is None:
            assert listed(clerks.town, text) == wanted, ascii(text)
            tried, hits = tried + 1, hits + bool(wanted)
    assert tried > 60
    assert hits > 20


def test_words_lead_to_the_same_cases_with_filters_and_sections(
    clerks: Clerks, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert clerks.care.sections is not None
    (care,) = clerks.care.sections
    mine = [
        stored(MINASE, "山田　太郎", status=status.value, section_id=care, handover_state="none")
        for status in (CaseStatus.OPENED, CaseStatus.RETURNED, CaseStatus.OPENED)
    ]
    stored(MINASE, "山田　太郎", status=CaseStatus.OPENED.value, section=None)
    for most in (5_000, 2, 1):
        monkeypatch.setattr(queries, "SEARCHED", most)
        assert listed(clerks.care, "山田", status=CaseStatus.OPENED) == [mine[2].pk, mine[0].pk]
        assert listed(clerks.care, "太郎") == [case.pk for case in reversed(mine)]
        assert listed(clerks.children, "太郎") == []


def test_no_word_of_another_body_is_found_even_in_the_index(clerks: Clerks) -> None:
    mine, theirs = stored(MINASE, "山田　太郎"), stored(HIYORI, "山田　太郎")
    assert listed(clerks.town, "山田") == held(MINASE, "山田", "太郎") == [mine.pk]
    assert listed(clerks.stranger, "山田") == held(HIYORI, "山田") == [theirs.pk]
    assert word_index.ids_with(TABLE, ["山田"], Reach(100)) == []


def test_the_index_follows_every_change_of_a_case(clerks: Clerks) -> None:
    case = stored(MINASE, "山田　太郎")
    with scope(MINASE):
        Case.objects.filter(pk=case.pk).update(status=CaseStatus.CHECKING.value)
    assert held(MINASE, "山田") == [case.pk]
    with scope(MINASE):
        Case.objects.filter(pk=case.pk).update(search=search.search_text(["汐凪　澄"]))
    assert held(MINASE, "山田") == []
    assert held(MINASE, "汐凪", "凪澄") == [case.pk]
    with scope(MINASE):
        Case.objects.filter(pk=case.pk).delete()
    assert held(MINASE, "汐凪") == []


def test_what_is_undone_was_never_in_the_index(clerks: Clerks) -> None:
    with scope(MINASE), transaction.atomic():
        stored(MINASE, "山田　太郎")
        transaction.set_rollback(True)
    assert held(MINASE, "山田") == []


def test_a_case_that_was_disposed_of_leaves_no_word(clerks: Clerks) -> None:
    case, other = (
        stored(MINASE, "山田　太郎", status=CaseStatus.COMPLETED.value),
        stored(MINASE, "霞見里　律"),
    )
    with scope(MINASE):
        services.dispose_cases([case.pk], at=NOW)
    assert held(MINASE, "山田") == []
    services.forget_words()
    if connection.vendor == "sqlite":
        assert "見里".encode() in _parts(), "the test sees what is there"
        assert "郎".encode()[1:] not in _parts()
    assert held(MINASE, "霞見") == [other.pk]


def _parts() -> bytes:
    """What the index holds on disk: words are written from where they begin to differ from the word before."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT block FROM {TABLE}_words_data")  # noqa: S608  # a constant
        return b"".join(bytes(row[0]) for row in cursor.fetchall())


def test_the_oldest_come_first_when_asked_for(clerks: Clerks) -> None:
    cases = [stored(MINASE, "山田　太郎") for _ in range(4)]
    with scope(MINASE, read_only=True):
        newer = Reach(2, above=cases[0].pk, is_newest_first=False)
        assert word_index.ids_with(TABLE, ["山田"], newer) == [cases[1].pk, cases[2].pk]
        between = Reach(9, above=cases[0].pk, below=cases[3].pk)
        assert word_index.ids_with(TABLE, ["山田"], between) == [cases[2].pk, cases[1].pk]
        assert word_index.ids_with(TABLE, [], between) == []


def test_blocks_of_ids_are_crossed_in_both_directions(clerks: Clerks) -> None:
    block = keeping_words.BLOCK
    ids = [5, block - 1, block, 3 * block + 7]
    for pk in ids:
        stored(MINASE, "山田　太郎", pk=pk)
    stored(HIYORI, "山田　太郎", pk=9 * block)
    with scope(MINASE, read_only=True):
        assert word_index.ids_with(TABLE, ["山田"], Reach(9)) == ids[::-1]
        assert word_index.ids_with(TABLE, ["山田"], Reach(3, is_newest_first=False)) == ids[:3]


def test_a_search_asks_six_questions_at_most(
    clerks: Clerks, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: object
) -> None:
    for _ in range(9):
        stored(MINASE, "山田　太郎")
    for name, number in (("SEARCHED", 4), ("STEPS", (1, 2)), ("FEW", 1)):
        monkeypatch.setattr(queries, name, number)
    wanted = Filters(text="山田", status=CaseStatus.OPENED)
    with scope(MINASE, read_only=True), django_assert_max_num_queries(6):  # type: ignore[operator]
        assert len(queries.worklist(clerks.town, wanted).rows) == 4


def test_a_rare_combination_is_found_by_whichever_leaves_less(
    clerks: Clerks, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, number in (("SEARCHED", 4), ("STEPS", (1, 2)), ("FEW", 1)):
        monkeypatch.setattr(queries, name, number)

    def one(number: int) -> Case:
        status = CaseStatus.RETURNED if number % 3 else CaseStatus.OPENED
        return stored(MINASE, "山田　太郎" if number % 2 else "鈴木　花", status=status.value)

    cases = [one(number) for number in range(24)]
    for text, status in (
        ("山田", CaseStatus.OPENED),
        ("鈴木", CaseStatus.RETURNED),
        ("佐藤", CaseStatus.OPENED),
    ):
        wanted = [one.pk for one in reversed(cases) if holds(one, text) and one.status == status.value]
        assert listed(clerks.town, text, status=status) == wanted


@pytest.mark.sqlite_only("on PostgreSQL the owner migrates, and the tests are not the owner")
def test_cases_that_were_there_before_the_index_are_in_it(clerks: Clerks) -> None:
    mine, theirs = stored(MINASE, "山田　太郎"), stored(HIYORI, "山田　次郎")
    made = keeping_words._sqlite(TABLE, "search")
    with connection.cursor() as cursor:
        for statement in (*made.undoing, *made.index, *made.keeping):
            cursor.execute(statement)
    assert held(MINASE, "山田", "太郎") == [mine.pk]
    assert held(HIYORI, "山田", "次郎") == [theirs.pk]


@pytest.mark.postgresql_only("SQLite has no roles")
def test_the_application_may_ask_for_ids_but_not_read_the_words(clerks: Clerks) -> None:
    stored(MINASE, "山田　太郎")
    with scope(MINASE), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT has_schema_privilege(current_user, 'todoke_words', 'USAGE')")
        assert cursor.fetchone() == (False,)
        cursor.execute(
            "SELECT has_table_privilege(current_user, c.oid, 'SELECT') FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE n.nspname = 'todoke_words' AND c.relkind = 'r'"
        )
        assert cursor.fetchall() == [(False,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT casework_case_words(ARRAY['山田'], 0, 1000, true, 10)")
        assert cursor.fetchall() == [], "no body, no answer"
