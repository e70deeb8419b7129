"""An empty installation leads its first administrator to a working sign-in and a first application on the desk."""

import shutil
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.support.clock import Clock
from todoke.casework.cases import queries as cases
from todoke.casework.relay import queries as relay
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services
from todoke.foundation.accounts.values import Role, RoleGiven
from todoke.foundation.audit import queries as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations
from todoke.foundation.procedures.queries import desks

from .conftest import MINASE, PASSWORD, Towns

TYPED = {
    "organisation_code": MINASE, "organisation_name": "みなせ市", "kind": "municipality", "section_name": "市民課",
    "display_name": "水瀬 花子", "sign_in_name": "hanako", "password": PASSWORD, "again": PASSWORD,
}  # fmt: skip


@pytest.fixture
def address(db: None, var_dir: object, clock: Clock) -> str:
    """The one-time set-up link of an empty installation."""
    return reverse("desk:set-up", args=[services.one_time_link("setup", at=now())])


def test_the_sign_in_page_says_where_the_link_is(address: str) -> None:
    assert "まだ初回設定がされていません" in Client().get(reverse("desk:sign-in")).content.decode()


def test_looking_at_the_link_uses_nothing_up(address: str) -> None:
    for _ in range(3):
        assert Client().get(address).status_code == HTTPStatus.OK
    assert organisations() == []


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"organisation_code": "992012"}, "検査数字が合いません"),
        ({"organisation_code": "99201１"}, "検査数字が合いません"),
        ({"password": "short", "again": "short"}, "12 文字以上"),
        ({"sign_in_name": "花子"}, "半角の英数字"),
    ],
)
def test_what_cannot_be_taken_is_explained_and_the_link_stays(
    address: str, wrong: dict[str, str], words: str
) -> None:
    answer = Client().post(address, TYPED | wrong)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert words in answer.content.decode()
    assert "水瀬 花子" in answer.content.decode(), "what was typed stays"
    assert organisations() == []
    assert Client().get(address).status_code == HTTPStatus.OK


def test_the_first_administrator_is_signed_in_and_the_link_is_dead(address: str) -> None:
    client = Client()
    assert client.post(address, TYPED).headers["Location"] == reverse("desk:first-steps")
    page = client.get(reverse("desk:first-steps")).content.decode()
    assert "トラストアンカー" in page
    assert "番号紐付情報を取り込む" in page
    assert Client().get(address).status_code == Client().post(address, TYPED).status_code == HTTPStatus.GONE
    with scope(MINASE):
        assert {
            RoleGiven(Role(grant.role), None) for one in accounts.all_staff() for grant in one.grants.all()
        } == {RoleGiven(role, None) for role in Role}
        assert {desk.section_id for desk in desks().values()} != {None}
        assert "P01" in desks()
        assert [entry.action for entry in audit.of_object("organisation", MINASE)] == [
            "organisation.registered"
        ]


def test_an_unused_link_never_stands_in_a_log(address: str, caplog: pytest.LogCaptureFixture) -> None:
    Client().post(address, TYPED | {"password": "short"})
    Client(enforce_csrf_checks=True).post(address, TYPED)
    Client().get(f"{address}more/")
    assert address.split("/")[-2] not in caplog.text


def test_a_second_link_opens_nothing_once_there_is_somebody(address: str) -> None:
    second = reverse("desk:set-up", args=[services.one_time_link("setup", at=now())])
    Client().post(address, TYPED)
    assert Client().post(second, TYPED | {"organisation_code": "993018"}).status_code == HTTPStatus.GONE
    assert [one.code for one in organisations()] == [MINASE]


def test_a_first_package_reaches_the_desk(address: str, sample_world: Path) -> None:
    client = Client()
    client.post(address, TYPED)
    shutil.copytree(sample_world / "trust", settings.TODOKE_TRUST_DIR, dirs_exist_ok=True)
    package = _a_good_package(sample_world)
    upload = SimpleUploadedFile(package.name, package.read_bytes())
    answer = client.post(reverse("desk:import"), {"channel": "hand", "packages": [upload]})
    assert "取り込みました" in answer.content.decode()
    assert "申請を開く" in answer.content.decode()
    assert package.stem in client.get(reverse("desk:cases")).content.decode()


def _a_good_package(sample_world: Path) -> Path:
    import json

    packages = json.loads((sample_world / "truth.json").read_text())["packages"]
    towns = Towns(sample_world, packages)
    return sample_world / str(towns.of(MINASE, case=True, signature="valid", duplicate="none")[0]["file"])


def test_files_that_cannot_be_taken_are_named_one_by_one(address: str) -> None:
    client = Client()
    client.post(address, TYPED)
    uploads = [
        SimpleUploadedFile("notes.txt", b"no package"),
        SimpleUploadedFile("260401000100001.zip", b"not a zip"),
        SimpleUploadedFile("あ" * 120 + ".zip", b"long name"),
    ]
    page = client.post(reverse("desk:import"), {"channel": "hand", "packages": uploads}).content.decode()
    assert page.count("ファイル名から受付番号を読み取れません") == 2
    assert "申請データの形式（ZIP）ではありません" in page
    with scope(MINASE):
        assert [one.receipt_number for one in relay.quarantined()] == ["260401000100001"]
        assert cases.counts_by_handover() == {}
