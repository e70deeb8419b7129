"""An imported publication on screen: its values beside ours."""

from datetime import date
from decimal import Decimal
from http import HTTPStatus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body
from tests.support import desk
from todoke.foundation.accounts.values import Role
from todoke.foundation.fence import scope
from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress import services
from todoke.programme.progress.values import Stated, ValueSource

TEXT = (
    "lg_code6,prefecture,city,CIOの任命,マイナンバーカードの保有状況\r\n"
    f"{MINASE},県,みなせ市,実施,72.5%\r\n992020,県,ひより町,調査無し,%\r\n"
)


@pytest.fixture
def supporter(body: Body) -> Client:
    """Who supports the bodies below."""
    return desk.browser(MINASE, desk.appoint(MINASE, [Role.SUPPORT], name="shien"))


def test_what_is_published_stands_beside_what_we_keep_and_no_value_is_no_zero(
    body: Body, supporter: Client, reporter: Client
) -> None:
    with scope(MINASE):
        definition = IndicatorDefinition("card", "マイナンバーカードの保有状況", "%")
        services.keep_indicator(
            body.officer, definition, purpose="本人確認の土台", target=None, at=body.clock.now
        )
        stated = Stated(date(2026, 3, 1), Decimal("72.5"), source=ValueSource.TYPED)
        services.state_value(body.officer, "card", stated, at=body.clock.now)
    file = SimpleUploadedFile("dashboard.csv", TEXT.encode("cp932"))
    supporter.post(
        "/board/publications/import/",
        {"layout": "digital-dashboard", "as_of": "2026-02-01", "file": file},
    )
    listed = supporter.get("/board/publications/").content.decode()
    address = "/board/publications/" + listed.partition('href="/board/publications/')[2].partition('"')[0]
    page = supporter.get(f"{address}beside/").content.decode()
    ours = page.partition('id="ours"')[2].partition("</section>")[0]
    assert "72.5%" in ours
    assert "同じ" in ours
    assert "（調査なし）" in page
    table = b"".join(supporter.get(f"{address}beside.csv")).decode("utf-8-sig").splitlines()
    assert table[0] == "団体コード,団体,CIOの任命,マイナンバーカードの保有状況"
    assert table[2].endswith("（調査なし）,（分母が0）")
    assert reporter.get(f"{address}beside/").status_code == HTTPStatus.FORBIDDEN
