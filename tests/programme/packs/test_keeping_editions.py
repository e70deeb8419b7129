"""An edition that a body keeps never changes, is the body's own, and wins over what the product ships."""

import zlib
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.casework.identify.conftest import HIYORI, MINASE, NOW
from tests.programme.packs.made import PACK, after, edition, hashed, node
from tests.support import desk
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.accounts.values import Role, Viewer
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.canonical import bytes_of
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.packs import queries, services
from todoke.programme.packs.errors import EditionTaken, EditionUnknown, PackInvalid, PackUnreadable
from todoke.programme.packs.models import EditionRow
from todoke.programme.packs.queries import reading
from todoke.programme.packs.rules.documents import document_of
from todoke.programme.packs.values import Edition, EditionOrigin, EditionRef, Relation, Succession

ACTOR = Actor(ActorKind.COMMAND, "uid:1000", "host")
STANDARD = EditionRef("urn:jp:soumu:tejunsho:hyojunka", "1.0", 1)
FIRST = edition(node("a"), node("b"))
SECOND = after(FIRST, node("a"), moves=(
    Succession(Relation.SAME, ("a",), ("a",)), Succession(Relation.DROPPED, ("b",), ()),
))  # fmt: skip


@pytest.fixture(autouse=True)
def _bodies(db: None, var_dir: object) -> None:
    for code, name in ((MINASE, "みなせ市"), (HIYORI, "ひより市")):
        organisations.register_organisation(code, name=name, kind=OrganisationKind.MUNICIPALITY, at=NOW)


def keep(one: Edition, body: str = MINASE) -> EditionRef:
    with scope(body):
        return services.keep(one, actor=ACTOR, at=NOW)


def viewer(*roles: Role) -> Viewer:
    staff_id = desk.appoint(MINASE, roles, name=roles[0].label)
    with scope(MINASE, read_only=True):
        found = accounts.viewer(staff_id)
    assert found is not None
    return found


def test_a_kept_edition_comes_back_as_it_was_with_its_successors_in_order() -> None:
    keep(FIRST)
    keep(SECOND)
    with scope(MINASE, read_only=True):
        assert queries.edition(FIRST.ref) == FIRST
        assert queries.editions(PACK) == (FIRST.ref, SECOND.ref)
        assert queries.newest(PACK) == SECOND.ref
        assert queries.chain(FIRST.ref, SECOND.ref) == (FIRST.ref, SECOND.ref)
        assert queries.chain(SECOND.ref, FIRST.ref) == ()
        mine = {one.pack: one for one in queries.packs()}
        assert (mine[PACK].origin, mine[PACK].editions) == (EditionOrigin.OWN, 2)
        assert mine[STANDARD.pack].origin is EditionOrigin.SHIPPED


def test_another_body_does_not_see_it() -> None:
    keep(FIRST)
    with scope(HIYORI, read_only=True):
        assert queries.editions(PACK) == ()
        with pytest.raises(EditionUnknown):
            queries.edition(FIRST.ref)
        with pytest.raises(EditionUnknown):
            queries.newest(PACK)


def test_keeping_twice_changes_nothing_and_leaves_one_audit_entry() -> None:
    keep(FIRST)
    keep(FIRST)
    with scope(MINASE, read_only=True):
        assert EditionRow.objects.count() == 1
        entries = AuditEntry.objects.filter(action="edition.kept")
        assert [one.object_id for one in entries] == [str(FIRST.ref)]


def test_the_same_name_with_other_contents_is_refused() -> None:
    keep(FIRST)
    other = hashed(replace(FIRST, title="別の題名"))
    with pytest.raises(EditionTaken):
        keep(other)
    shipped = reading.shipped_edition(STANDARD)
    assert shipped is not None
    with pytest.raises(EditionTaken):
        keep(hashed(replace(shipped, title="別の題名")))


def test_a_typo_is_mended_by_a_release_that_follows_the_first() -> None:
    keep(FIRST)
    mended = hashed(replace(FIRST, ref=EditionRef(PACK, "1.0", 2), title="直した題名"))
    keep(mended)
    keep(SECOND)
    with scope(MINASE, read_only=True):
        assert queries.chain(FIRST.ref, SECOND.ref) == (FIRST.ref, mended.ref, SECOND.ref)
        found = queries.difference(FIRST, SECOND)
        assert [(one.relation, one.before) for one in found.fates] == [
            (Relation.SAME, ("a",)), (Relation.DROPPED, ("b",)),
        ]  # fmt: skip


def test_an_edition_with_faults_is_not_kept() -> None:
    with pytest.raises(PackInvalid) as refused:
        keep(edition(node("a", parent="nobody")))
    assert refused.value.facts["count"] == "1"
    with scope(MINASE, read_only=True):
        assert not EditionRow.objects.exists()
        assert not AuditEntry.objects.filter(action="edition.kept").exists()


def test_only_who_may_adopt_editions_takes_one_over() -> None:
    officer, reporter = viewer(Role.PROGRAMME), viewer(Role.MEASURES)
    with scope(MINASE):
        with pytest.raises(RightMissing):
            services.take_over(reporter, FIRST, origin=EditionOrigin.RECEIVED, at=NOW)
        services.take_over(officer, FIRST, origin=EditionOrigin.RECEIVED, at=NOW)
        assert [one.origin for one in queries.packs() if one.pack == PACK] == [EditionOrigin.RECEIVED]


def test_a_kept_edition_is_neither_changed_nor_deleted() -> None:
    keep(FIRST)
    with scope(MINASE):
        for act in (lambda: EditionRow.objects.update(release=9), lambda: EditionRow.objects.all().delete()):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


def test_a_damaged_document_is_refused() -> None:
    good = bytes_of(document_of(FIRST))
    for damaged in (b"", b"nothing", zlib.compress(good[:-1]), zlib.compress(good.replace(b"1.0", b"1.1"))):
        with pytest.raises(PackUnreadable):
            queries.opened(damaged, FIRST.sha256)
    assert queries.opened(zlib.compress(good), FIRST.sha256) == FIRST


def test_an_overlay_lies_over_the_edition_for_which_it_was_written() -> None:
    overlay = edition(node("ken.x"), pack="urn:example:ken", overlays=PACK, overlay_edition="1.0")
    keep(FIRST)
    keep(SECOND)
    keep(overlay)
    with scope(MINASE, read_only=True):
        assert queries.overlays_for(FIRST.ref) == (overlay.ref,)
        assert queries.overlays_for(SECOND.ref) == ()
        assert queries.edition(FIRST.ref, [overlay.ref]).node("ken.x") is not None


def test_the_list_of_packs_is_one_question_however_many_there_are() -> None:
    keep(FIRST)
    keep(SECOND)
    with scope(MINASE, read_only=True):
        queries.packs()
        with CaptureQueriesContext(connection) as asked:
            assert len(queries.packs()) > 5
        assert len(asked) == 1
