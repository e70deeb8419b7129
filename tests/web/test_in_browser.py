"""The desk in a real browser: nothing for axe to find, usable by keyboard alone, and without JavaScript."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings

from tests.support import desk, programs
from tests.support.clock import START
from todoke.cli import processes
from todoke.cli.demo_world import set_up
from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Role
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope

from . import files
from .conftest import KAZAMI, MINASE, NOWHERE, PASSWORD, Towns, bring_in
from .files import arrive

pytestmark = [pytest.mark.screen, pytest.mark.tool("chromium")]
PAGES = (
    "/", "/first-steps/", "/cases/", "/cases/?held=1", "/cases/?text=%E3%81%82", "/cases/?text=%E3%81%BD%E3%81%BD", "/statuses/",
    "/import/", "/pending/", "/quarantine/", "/reconcile/", "/links/", "/residents/", "/staff/", "/staff/new/", "/channels/",
    "/returns/", "/audit/", "/system/", "/operations/", "/trust/", "/password/", "/nowhere/", "/attachments/sealed/",
    "/approvals/", "/disposal/", "/disposal/rules/?rule=completed", "/protected/", "/procedures/",
)  # fmt: skip


TOO_WIDE = """
() => document.documentElement.scrollWidth <= 320 ? [] : [...document.querySelectorAll("main *, header *, nav *")]
  .filter((one) => one.getBoundingClientRect().right > 321 && !one.closest(".table-box"))
  .map((one) => one.outerHTML.slice(0, 100))
"""


@dataclass(frozen=True, slots=True)
class House:
    """A running desk: its address and the one-time links that were made before it opened."""

    address: str
    link: str
    kazami: str


@pytest.fixture
def house(
    committed_database: str, sample_world: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[House]:  # fmt: skip
    """The desk of two towns, served by the production server at the samples' clock."""
    offset = (START - datetime.now(UTC)).total_seconds()
    settings.TODOKE_CLOCK_OFFSET_SECONDS = offset
    monkeypatch.setenv("TODOKE_CLOCK_OFFSET_SECONDS", str(offset))
    Path(django_settings.TODOKE_MASTER_KEY_FILE).parent.mkdir(parents=True, exist_ok=True)
    set_up(sample_world, NOWHERE, actor=desk.ACTOR, at=now())
    towns = Towns(sample_world, [])
    bring_in(towns, MINASE, towns.files(MINASE))
    arrive(towns, tmp_path, [files.SCRIPT, files.HEIC])
    files.look_into()
    bring_in(towns, KAZAMI, sorted((sample_world / "folder" / KAZAMI).glob("*.zip")))
    links = [_link(MINASE, "hanako"), _link(KAZAMI, "kazami")]
    connection.close()
    port = processes.free_port()
    server = processes.start_web("127.0.0.1", port)
    try:
        assert processes.wait_until_listening("127.0.0.1", port, server)
        yield House(f"http://127.0.0.1:{port}", *links)
    finally:
        processes.stop([server])


def _link(organisation: str, name: str) -> str:
    staff_id = desk.appoint(organisation, list(Role), name=name)
    with scope(organisation):
        accounts.set_password(staff_id, PASSWORD, actor=desk.ACTOR, at=now())
    return accounts.one_time_link("sign-in", at=now(), staff_id=staff_id, organisation=organisation)


@pytest.fixture
def chromium(house: House) -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=programs.require("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def opened(chromium: Browser, house: House, *, javascript: bool = True) -> Page:
    """A page of a browser in which the clerk has signed in by name and password."""
    context = chromium.new_context(base_url=house.address, locale="ja-JP", java_script_enabled=javascript)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("サインイン名").fill("hanako")
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    page.get_by_role("button", name="サインアウト").wait_for()
    return page


def violations(page: Page) -> list[str]:
    """What axe finds on a page: rule and place."""
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


def test_axe_finds_nothing_on_any_page_and_the_browser_refuses_nothing(
    chromium: Browser, house: House
) -> None:
    context = chromium.new_context(base_url=house.address, locale="ja-JP")
    entrance = context.new_page()
    complaints: list[str] = []
    context.on(
        "console", lambda message: complaints.append(message.text) if "Policy" in message.text else None
    )
    found = []
    for path in ("/sign-in/", f"/sign-in/{house.link}/", "/sign-in/used-up/", "/setup/used-up/"):
        entrance.goto(path)
        found += violations(entrance)
    entrance.goto(f"/sign-in/{house.kazami}/")
    entrance.get_by_role("button", name="サインインする").click()
    entrance.get_by_role("button", name="サインアウト").wait_for()
    entrance.goto("/statuses/")
    found += violations(entrance)
    page = opened(chromium, house)
    for path in PAGES:
        page.goto(path)
        found += violations(page)
    for path in ("/cases/?held=1", "/cases/?identity=unknown", "/quarantine/"):
        page.goto(path)
        page.locator("a[data-open]").first.click()
        page.get_by_role("navigation", name="現在位置").get_by_text("ホーム").wait_for()
        page.wait_for_url(lambda address: "/cases/?" not in address and not address.endswith("/quarantine/"))
        found += violations(page)
        page.get_by_role("link", name="検証の記録").click()
        page.get_by_role("heading", name="検証の記録").wait_for()
        found += violations(page)
    found += _return_and_decide(page)
    assert found == []
    assert complaints == []


def _return_and_decide(page: Page) -> list[str]:
    """Go through a return and a decision, mistakes included; returns what axe finds on the way."""
    found: list[str] = []
    page.goto("/cases/?identity=unknown")
    page.locator("a[data-open]").first.click()
    page.get_by_role("link", name="補正依頼の案をつくる").click()
    page.locator("input[name=reasons]").first.check()
    page.locator("textarea[name=note]").fill("〔項目名〕を直してください。")
    page.get_by_role("button", name="補正を依頼する").click()
    page.get_by_role("alert").wait_for()
    found += violations(page)
    page.get_by_role("link", name="やめる").click()
    page.get_by_role("link", name="番号を決める").first.click()
    page.locator("input[name=number]").fill("１２３")
    page.locator("textarea[name=reason]").fill("住民記録で確かめた")
    page.get_by_role("button", name="この番号を提案する").click()
    page.get_by_role("alert").wait_for()
    found += violations(page)
    page.locator("input[name=number]").fill("1000009999")
    page.get_by_role("button", name="この番号を提案する").click()
    page.get_by_role("link", name="提案を確認する").first.click()
    page.get_by_role("heading", name="確認待ちの提案").wait_for()
    found += violations(page)
    return found


def test_axe_finds_nothing_on_the_pages_of_files_and_they_work_without_javascript(
    chromium: Browser, house: House
) -> None:
    page, found = opened(chromium, house), []
    page.goto("/attachments/sealed/")
    found += violations(page)
    page.locator("a[data-open]").first.click()
    page.get_by_role("link", name="原本の開示").first.wait_for()
    case = page.url
    found += violations(page)
    for way in ("理由を書いて原本を開く", "原本の開示"):
        page.goto(case)
        page.get_by_role("link", name=way).first.click()
        page.locator("textarea[name=reason]").wait_for()
        found += violations(page)
    assert found == []
    plain = opened(chromium, house, javascript=False)
    plain.goto(page.url)
    plain.locator("textarea[name=reason]").fill("印影を確かめるため")
    plain.get_by_role("button", name="開示を提案する").click()
    assert "開示を提案しました" in plain.locator("[role=status]").inner_text()
    plain.goto(case)
    with plain.expect_download() as taken:
        plain.get_by_role("link", name="無害化した写し").first.click()
    assert taken.value.suggested_filename == "請求書（無害化）.pdf"


def test_the_worklist_is_walked_by_keyboard_alone(chromium: Browser, house: House) -> None:
    page = opened(chromium, house)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "本文へ移動"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto("/cases/")
    numbers = page.locator("a[data-open]").all_text_contents()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == numbers[1]
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/*/**")
    assert numbers[1] in page.title()
    page.go_back()
    page.keyboard.press("/")
    page.keyboard.type(numbers[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**text=**")
    assert numbers[0] in page.locator("a[data-open]").all_text_contents()
    page.locator("input[type=search]").focus()
    page.keyboard.type("jk")
    assert "jk" in page.input_value("input[type=search]"), "keys are letters while somebody types"


def test_everything_that_matters_works_without_javascript(chromium: Browser, house: House) -> None:
    page = opened(chromium, house, javascript=False)
    page.get_by_role("navigation", name="メニュー").get_by_role("link", name="申請一覧").click()
    page.get_by_role("link", name="受付済").first.click()
    page.locator("a[data-open]").first.click()
    page.get_by_label("審査中", exact=True).check()
    page.get_by_role("button", name="変更する").click()
    assert "処理状況を「審査中」に変更しました" in page.locator("[role=status]").inner_text()
    page.goto("/cases/?identity=unknown")
    page.locator("a[data-open]").first.click()
    page.get_by_role("link", name="番号を決める").first.click()
    page.locator("input[name=number]").fill("1000009999")
    page.locator("textarea[name=reason]").fill("住民記録で確かめた")
    page.get_by_role("button", name="この番号を提案する").click()
    assert "番号を提案しました" in page.locator("[role=status]").inner_text()
    page.get_by_role("link", name="提案を確認する").first.click()
    assert "提案した本人は確認できません" in page.locator("main").inner_text()
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/sign-in/")
    page.goto("/cases/")
    assert page.url.endswith("/sign-in/?next=%2Fcases%2F")


def test_a_page_fits_a_narrow_screen_and_goes_on_paper_without_its_frame(
    chromium: Browser, house: House
) -> None:
    page = opened(chromium, house)
    page.goto("/cases/")
    page.locator("a[data-open]").first.click()
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate(TOO_WIDE) == []
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation", name="メニュー").is_visible()
    assert not page.get_by_role("button", name="変更する").is_visible()
    assert "hanako" in page.locator(".print-mark").inner_text()


def test_W21_every_sheet_of_paper_says_who_printed_it_and_when(chromium: Browser, house: House) -> None:
    page = opened(chromium, house)
    page.goto("/procedures/")
    paper = pypdfium2.PdfDocument(page.pdf(format="A4"))
    sheets = [sheet.get_textpage().get_text_range() for sheet in paper]
    assert len(sheets) > 1
    assert all("印刷: hanako（みなせ市、職員番号" in sheet and "令和8年4月6日" in sheet for sheet in sheets)
