"""In a real browser, by keyboard and without JavaScript: a prefecture asks and collects, a town answers; and axe."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django import Settings

from tests.programme.rollup.conftest import (
    ACTOR,
    FIRST,
    FORTY,
    TSUMUGI,
    Country,
    believe,
    register,
    snapshot,
    towns,
)
from tests.support import desk, programs
from tests.support.clock import START
from todoke.cli import processes
from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Role
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.foundation.organisations.values import OrganisationKind
from todoke.programme.rollup import services

pytestmark = [pytest.mark.screen, pytest.mark.tool("chromium")]
ONE, TWO = towns(TSUMUGI, 2)
NAMES = {ONE: "一町", TWO: "二町"}
ALL = (ONE, TWO, TSUMUGI)
DASHBOARD = f"lg_code6,city,CIOの任命,よく使う32手続のオンライン化状況\r\n{ONE},一町,実施,72%\r\n{TWO},二町,調査無し,%\r\n"


class Now:
    """The time of the running product."""

    @property
    def now(self) -> datetime:
        return now()


NOW = Country(Now())  # type: ignore[arg-type]  # a clock is asked for the time only


@dataclass
class House:
    """A running board: its address, one-time links, and the worker between the bodies."""

    address: str
    links: dict[str, str]

    def work(self) -> None:
        """The worker's rounds: files go out, arrive and are taken; in a thread without the browser's event loop."""
        with ThreadPoolExecutor(max_workers=1) as other:
            other.submit(_work).result()


def _work() -> None:
    NOW.work(*ALL, *ALL)
    connection.close()


@pytest.fixture
def house(
    committed_database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, var_dir: Path
) -> Iterator[House]:
    """A prefecture with two towns: one has submitted by an older edition, the other has submitted nothing."""
    offset = (START - datetime.now(UTC)).total_seconds()
    settings.TODOKE_CLOCK_OFFSET_SECONDS = offset
    monkeypatch.setenv("TODOKE_CLOCK_OFFSET_SECONDS", str(offset))
    Path(django_settings.TODOKE_MASTER_KEY_FILE).parent.mkdir(parents=True, exist_ok=True)
    links = _bodies()
    connection.close()
    port = processes.free_port()
    server = processes.start_web("127.0.0.1", port)
    try:
        assert processes.wait_until_listening("127.0.0.1", port, server)
        yield House(f"http://127.0.0.1:{port}", links)
    finally:
        processes.stop([server])


def _bodies() -> dict[str, str]:
    at, today = now(), japanese_date(now())
    register(TSUMUGI, OrganisationKind.PREFECTURE, "", at, "つむぎ県")
    for code, name in NAMES.items():
        register(code, OrganisationKind.MUNICIPALITY, TSUMUGI, at, name)
        exchange.introduce(code, TSUMUGI, actor=ACTOR, at=at)
    believe(TSUMUGI, [ONE], at)
    country = NOW
    old = snapshot(ONE, FIRST, today - timedelta(days=60), lambda place, _: "d" if place < 9 else "w")
    new = snapshot(ONE, FORTY, today, lambda place, _: "dwno"[place % 4])
    country.arrive(TSUMUGI, [country.submission(old), country.submission(new, 2)])
    links = {}
    for code, role in ((ONE, Role.PROGRAMME), (TSUMUGI, Role.SUPPORT)):
        staff_id = desk.appoint(code, [role], name=f"{code}-dx")
        links[code] = accounts.one_time_link("sign-in", at=at, staff_id=staff_id, organisation=code)
        if code == TSUMUGI:
            with scope(TSUMUGI):
                services.take_publication_as(
                    ACTOR, "digital-dashboard", DASHBOARD.encode(), as_of=today, at=at
                )
    return links


def signed_in(browser: Browser, house: House, body: str) -> BrowserContext:
    """A browser of this body's officer, in which no script runs."""
    context = browser.new_context(base_url=house.address, locale="ja-JP", java_script_enabled=False)
    context.set_default_timeout(120_000)  # on a machine that is busy with others, too
    page = context.new_page()
    page.goto(f"/sign-in/{house.links[body]}/")
    page.get_by_role("button", name="サインインする").click()
    return context


def press(page: Page, name: str, role: str = "button") -> None:
    """Without a mouse: what the keyboard reaches is pressed by Enter."""
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]  # any role by its name
    target.focus()
    assert target.evaluate("one => one === document.activeElement && one.tabIndex >= 0"), name
    page.keyboard.press("Enter")


def reached(page: Page, name: str) -> bool:
    """Whether the Tab key leads from the field that has the focus to the button."""
    target = page.get_by_role("button", name=name, exact=True).first
    for _ in range(12):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            return True
    return False


def says(page: Page, words: str) -> None:
    """The page that comes says this."""
    page.get_by_text(words).first.wait_for()


def typed(page: Page, label: str, words: str) -> None:
    """A field filled by typing where the keyboard stands."""
    field = page.get_by_label(label).first
    field.focus()
    if field.get_attribute("type") == "date":
        field.fill(words)
    else:
        page.keyboard.type(words)


def test_a_prefecture_asks_and_collects_and_keeps_its_support(house: House) -> None:
    with sync_playwright() as player:
        browser = player.chromium.launch(
            executable_path=programs.require("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        prefecture, town = (signed_in(browser, house, one) for one in (TSUMUGI, ONE))
        above, below = prefecture.pages[0], town.pages[0]
        _ask(above)
        house.work()
        _answer(below, "三名")
        house.work()
        _send_back(above)
        house.work()
        below.goto("/board/questions/")
        press(below, "体制の調査", "link")
        says(below, "人数を確かめてください")
        _answer(below, "3名")
        house.work()
        _collect(above)
        _support(above)
        _published(above)
        found = _looked_over(browser, house, prefecture, town)
        browser.close()
    assert found == []


def _ask(page: Page) -> None:
    page.goto("/board/enquiries/")
    typed(page, "件名", "体制の調査")
    typed(page, "質問", "*人数｜文\n方式｜選択｜単独、共同")
    typed(page, "回答期限", (japanese_date(now()) + timedelta(days=3)).isoformat())
    assert reached(page, "照会する")
    page.keyboard.press("Enter")
    says(page, "まだ回答のない団体は2団体")


def _answer(page: Page, words: str) -> None:
    page.goto("/board/questions/")
    press(page, "体制の調査", "link")
    says(page, "署名して回答する")
    page.get_by_label("人数").fill("")
    typed(page, "人数", words)
    page.get_by_label("方式").select_option("共同")
    press(page, "署名して回答する")
    says(page, "回答しました")


def _send_back(page: Page) -> None:
    page.goto("/board/enquiries/")
    press(page, "体制の調査", "link")
    says(page, "まだ回答のない団体は1団体")
    says(page, "三名")
    press(page, "督促する")
    says(page, "1団体に督促しました")
    page.locator("summary", has_text="処理する").focus()
    page.keyboard.press("Enter")
    typed(page, "差戻しの理由", "人数を確かめてください")
    press(page, "差し戻す")
    says(page, "まだ回答のない団体は2団体")


def _collect(page: Page) -> None:
    page.goto("/board/enquiries/")
    press(page, "体制の調査", "link")
    says(page, "3名")
    page.locator("summary", has_text="処理する").focus()
    page.keyboard.press("Enter")
    press(page, "受け取る")
    says(page, "回答を受け取りました")
    press(page, "取りまとめを終える")
    says(page, "取りまとめを終えました")
    missing = page.locator("section", has=page.get_by_role("heading", name="回答のない団体"))
    assert "二町" in missing.inner_text(), "who has not answered is told after the collecting, too"
    assert page.get_by_role("button", name="督促する").count() == 0


def _support(page: Page) -> None:
    page.goto("/board/support/")
    typed(page, "支援の名前", "専門家の派遣")
    typed(page, "対象の取組", "⑤ RFI")
    typed(page, "始まりの日", japanese_date(now()).isoformat())
    for name in NAMES.values():
        page.get_by_label(name, exact=True).focus()
        page.keyboard.press("Space")
    press(page, "登録する")
    says(page, "2件を登録しました")
    page.locator("tbody tr", has_text="一町").get_by_role("link").focus()
    page.keyboard.press("Enter")
    says(page, "結果")
    page.get_by_label("状態").select_option("finished")
    typed(page, "結果", "仕様書を固めた")
    press(page, "登録する")
    says(page, "仕様書を固めた")
    row = page.locator("tbody tr", has_text="一町").inner_text()
    assert "終了" in row
    assert "仕様書を固めた" in row


def _published(page: Page) -> None:
    page.goto("/board/publications/")
    page.locator("tbody th a").first.click()
    says(page, "分母が0")
    says(page, "72.0％")


def _looked_over(
    browser: Browser, house: House, prefecture: BrowserContext, town: BrowserContext
) -> list[str]:
    """What axe finds on every page of the roll-up, with JavaScript; what is a figure stands in a table."""
    found = []
    for context, starts in (
        (
            prefecture,
            ("submissions/", "submissions/steps/?concept=01", "enquiries/", "support/", "publications/"),
        ),
        (town, ("submit/", "questions/")),
    ):
        page = browser.new_context(base_url=house.address, storage_state=context.storage_state()).new_page()
        page.set_default_timeout(120_000)
        inner = set()
        for path in starts:
            page.goto(f"/board/{path}")
            found += violations(page)
            inner |= {
                str(one.get_attribute("href")) for one in page.locator("tbody a[href^='/board/']").all()[:2]
            }
        for href in sorted(inner):
            page.goto(href)
            found += violations(page)
    return found


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]
