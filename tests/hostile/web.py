"""Group W: what a clerk's browser, or somebody who has got hold of one, may try at the desk.

Each row acts on a desk with three cases and asserts what must come of it. `is_still`: nothing but the audit and the
counters may have changed afterwards（N-X）.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import todoke.web
from sandbox.faults import Faults
from sandbox.web import Answer, LoopbackServer
from tests.architecture.endpoints import every_endpoint
from tests.casework.intake.packages import ACTOR, MINASE, NOW
from tests.hostile.house import House
from tests.support import desk as staff
from todoke.casework.cases.models import Case, CaseEvent
from todoke.casework.relay import jobs as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.foundation import logs
from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.web.desk import list_export, sign_in

SIGN_IN = reverse("desk:sign-in")
HOME = reverse("desk:home")
OURS = {HTTPStatus.OK, HTTPStatus.FOUND}
REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
TEMPLATES = Path(todoke.web.__file__).parent


@dataclass
class Desk:
    """Three cases of one town, and whoever sits down at it."""

    house: House
    uuids: list[str] = field(default_factory=list)
    seats: int = 0

    def sit_down(self, *roles: Role, checks_forms: bool = False) -> Client:
        """A browser in which somebody new with these roles is signed in."""
        self.seats += 1
        person = staff.appoint(MINASE, roles or list(Role), name=f"clerk-{self.seats}")
        client = staff.browser(MINASE, person)
        client.handler.enforce_csrf_checks = checks_forms
        return client

    def case(self, place: int = 0) -> Case:
        """A case as it stands now."""
        with scope(MINASE, read_only=True):
            return Case.objects.get(uuid=self.uuids[place])

    def page(self, name: str, place: int = 0) -> str:
        """The address of a page of a case."""
        return reverse(f"desk:{name}", args=[self.uuids[place]])

    def move(self, client: Client, *, version: int = 0, note: str = "", **more: str) -> object:
        """The form that takes a case to 審査中."""
        words = {"to": "examining", "version": version or self.case().version, "note": note, **more}
        return client.post(self.page("move-case"), words)


BEGUN = (
    frozenset(  # a request with any purpose waits for a second person; a second step is begun, not confirmed
        {"casework.ExportRequest", "foundation.ProposalRow", "foundation.SecondFactor"}
    )
)


@dataclass(frozen=True, slots=True)
class WebRow:
    """One row: what is tried; the act asserts what must come of it. `but` are tables that may change all the same."""

    number: str
    condition: str
    act: Callable[[Desk], None]
    is_still: bool = True
    but: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"


def _status(answer: object) -> int:
    return int(answer.status_code)  # type: ignore[attr-defined]  # the test client's answers have no public type


def _text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined]  # as above


def _fields_that_no_form_has(desk: Desk) -> None:
    before = desk.case()
    answer = desk.move(
        desk.sit_down(), is_approved="1", owner="7", organisation="993018", handover_state="none",
        receipt_number="0", applicant_name="別人", hold_code="",
    )  # fmt: skip
    assert _status(answer) == HTTPStatus.FOUND
    after = desk.case()
    changed = {
        one.name for one in Case._meta.fields if getattr(before, one.attname) != getattr(after, one.attname)
    }
    assert changed <= {"status", "version", "notice_state", "search", "status_since", "moved_at"}


def _forged(
    headers: dict[str, str], *, token: str = "", cookie: str = "", kind: str = ""
) -> Callable[[Desk], None]:
    """A form without its token, or from elsewhere, or of another kind."""

    def act(desk: Desk) -> None:
        client = desk.sit_down(checks_forms=True)
        own = str(client.get(desk.page("case")).context["csrf_token"])
        if cookie:
            client.cookies[settings.CSRF_COOKIE_NAME] = cookie
        words = {"to": "examining", "version": "1", "csrfmiddlewaretoken": token or own}
        if token == "none":
            del words["csrfmiddlewaretoken"]
        if kind:
            answer = client.post(
                desk.page("move-case"), json.dumps(words), content_type=kind, headers=headers
            )
        else:
            answer = client.post(desk.page("move-case"), words, headers=headers)
        assert answer.status_code == HTTPStatus.FORBIDDEN

    return act


def _a_portal_that_sends_us_elsewhere(desk: Desk) -> None:
    asked: list[str] = []

    def inside(request: object) -> Answer:
        asked.append("inside")
        return Answer(200, {})

    hidden = LoopbackServer(inside, Faults(), 0)
    hidden.start()
    password = desk.house.var.parent / "password"
    password.write_text("sandbox\n")
    with scope(MINASE):
        relay_services.register_channel(
            "portal", kind=ChannelKind.API, profile="sandbox-portal", layout="pittari-xml-sample",
            settings=ChannelSettings(base_url=f"{hidden.url}@127.0.0.1:9", provider_id=MINASE, password_file=str(password)),
            actor=ACTOR, at=NOW,
        )  # fmt: skip
    try:
        assert relay.pull(desk.house.context()) == 0
    finally:
        hidden.stop()
    assert not asked, "what stands before @ is no host"


def _no_form_asks_for_an_address(desk: Desk) -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert 'type="url"' not in text
        assert "webhook" not in text
        assert "callback" not in text


def _paths_that_lead_out(desk: Desk) -> None:
    client, case = desk.sit_down(), desk.page("case")
    for tail in (
        "attachments/..%2f..%2fetc%2fpasswd/", "attachments/%00/", "attachments//etc/passwd/",
        "attachments/1%2f../open/original/", "attachments/1/open/..%2f..%2f/", "%2e%2e/%2e%2e/evidence/",
    ):  # fmt: skip
        assert client.get(case + tail).status_code == HTTPStatus.NOT_FOUND, tail


def _line_ends_in_headers(desk: Desk) -> None:
    evil = "/\r\nSet-Cookie: evil=1"
    client = Client()
    for answer in (
        client.get(SIGN_IN, {"next": evil}),
        client.post(SIGN_IN, {"name": evil, "password": "x", "next": evil}),
        desk.sit_down().get(reverse("desk:export-cases"), {"text": evil}),
        desk.sit_down().get(HOME, headers={"Accept-Language": "ja\r\nx: y"}),
    ):
        assert answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        assert "evil" not in str(answer.cookies)
        assert not any("\n" in value or "\r" in value for value in answer.headers.values())


def _a_cookie_after_signing_out(desk: Desk) -> None:
    client = desk.sit_down()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get(HOME).status_code == HTTPStatus.OK
    answer = client.post(reverse("desk:sign-out"))
    assert "cookies" in answer.headers["Clear-Site-Data"]
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert stolen.get(HOME).status_code == HTTPStatus.FOUND, "the session has ended on the server"


def _a_planted_session(desk: Desk) -> None:
    person, password = staff.appoint(MINASE, [Role.RECEPTION], name="hanako"), "tsumugi-no-kaze-12"
    with scope(MINASE):
        accounts.set_password(person, password, actor=ACTOR, at=now())
    client = Client()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = str(session.session_key)
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert client.post(SIGN_IN, {"name": "hanako", "password": password}).status_code == HTTPStatus.FOUND
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted, "a new number at signing in"
    stale = Client()
    stale.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert stale.get(HOME).status_code == HTTPStatus.FOUND, "the planted one opens nothing"


def _names_that_nobody_has(desk: Desk) -> None:
    hashed: list[str] = []

    def check(*_words: object, **_more: object) -> bool:
        hashed.append("once")
        return False

    person = staff.appoint(MINASE, [Role.RECEPTION], name="hanako")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign_in, "check_password", check)
        Client().post(SIGN_IN, {"name": "neither", "password": "wrong"})
        with CaptureQueriesContext(connection) as for_somebody:
            known = Client().post(SIGN_IN, {"name": "hanako", "password": "wrong"})
        with CaptureQueriesContext(connection) as for_nobody:
            unknown = Client().post(SIGN_IN, {"name": "nobody", "password": "wrong"})
    assert person
    assert known.status_code == unknown.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    told = [token.sub("", _text(one)) for one in (known, unknown)]
    assert told[0].replace("hanako", "") == told[1].replace("nobody", "")
    assert hashed == ["once"] * 3, "as much is hashed for nobody as for somebody"
    writes = [
        sum(bool(re.match(r"(\d+ times: )?(INSERT|UPDATE)", one["sql"])) for one in seen.captured_queries)
        for seen in (for_somebody, for_nobody)
    ]
    assert writes[0] == writes[1] > 1, "and as often is written"


def _access_that_ends_meanwhile(desk: Desk) -> None:
    person = staff.appoint(MINASE, list(Role), name="leaving")
    client = staff.browser(MINASE, person)
    assert client.get(desk.page("case")).status_code == HTTPStatus.OK
    with scope(MINASE):
        accounts.deactivate_staff(person, actor=ACTOR, at=now())
    before = desk.case().version
    assert _status(desk.move(client)) in {HTTPStatus.FOUND, *REFUSED}
    assert desk.case().version == before, "the open page does nothing any more"


def _two_clerks_at_once(desk: Desk) -> None:
    seen = desk.case().version
    assert _status(desk.move(desk.sit_down(), version=seen)) == HTTPStatus.FOUND
    late = desk.sit_down().post(
        desk.page("move-case"), {"to": "withdrawn", "version": seen, "note": "取下げの電話"}
    )
    assert late.status_code == HTTPStatus.CONFLICT
    assert "取下げの電話" in _text(late), "what was typed is kept"
    assert desk.case().status == "examining", "no update is lost"


def _the_same_form_five_times(desk: Desk) -> None:
    client, seen = desk.sit_down(), desk.case().version
    with scope(MINASE, read_only=True):
        events = CaseEvent.objects.count()
    answers = [_status(desk.move(client, version=seen)) for _ in range(5)]
    assert answers == [HTTPStatus.FOUND, *([HTTPStatus.CONFLICT] * 4)]
    with scope(MINASE, read_only=True):
        assert CaseEvent.objects.count() == events + 1


def _words_of_a_database(desk: Desk) -> None:
    client, names = desk.sit_down(), (
        "status", "procedure", "section", "held", "identity", "hold", "after", "sort", "order_by",
        "applicant_name__startswith", "organisation_id",
    )  # fmt: skip
    for words in ("' OR '1'='1", "1; DROP TABLE casework_case--", "\\", "%27%20OR%201=1", "{'$ne': 1}"):
        shown = _text(client.get(reverse("desk:cases"), dict.fromkeys(names, words)))
        assert all(one in shown for one in desk.uuids), "no filter that we know: the whole list, and no more"
        assert client.get(reverse("desk:cases"), {"text": words}).status_code in OURS


def _a_forged_peer(desk: Desk) -> None:
    client = desk.sit_down()
    lie = {"X-Forwarded-For": "10.9.8.7", "Forwarded": "for=10.9.8.7", "X-Real-IP": "10.9.8.7"}
    client.get(desk.page("case"), headers=lie)
    client.post(reverse("desk:sign-out"), headers=lie)
    with scope(MINASE, read_only=True):
        terminals = set(AuditEntry.objects.exclude(terminal="").values_list("terminal", flat=True))
    assert terminals == {"127.0.0.1"}, "the audit keeps the true peer"


def _verbs_that_no_page_has(desk: Desk) -> None:
    client = desk.sit_down()
    for verb in ("TRACE", "TRACK", "DEBUG", "PUT", "DELETE", "PATCH", "BREW"):
        answer = client.generic(verb, desk.page("case"), headers={"X-HTTP-Method-Override": "POST"})
        assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED, verb


def _a_host_of_somebody_else(desk: Desk) -> None:
    answer = Client().get(SIGN_IN, headers={"Host": "evil.example"})
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "evil.example" not in _text(answer)


def _wildcards(desk: Desk) -> None:
    client = desk.sit_down()
    for text in ("%%", "__", "%_%", "**", "a%"):
        answer = client.get(reverse("desk:cases"), {"text": text})
        assert not [one for one in desk.uuids if one in _text(answer)], text
        file = client.get(reverse("desk:export-cases"), {"text": text})
        content = b"".join(file.streaming_content) if file.streaming else file.content  # type: ignore[attr-defined]  # one of both
        assert content.count(b"\n") <= 1, "a header and nothing else"
    assert "2文字" in _text(client.get(reverse("desk:cases"), {"text": "%"}))


def _everything_in_one_file(desk: Desk) -> None:
    assert list_export.alone_up_to() == 10_000
    client = desk.sit_down()
    with override_settings(TODOKE_EXPORT_ALONE_LINES=1):
        answer = client.get(reverse("desk:export-cases"))
    assert answer.status_code == HTTPStatus.FOUND
    assert answer.headers["Location"].startswith(reverse("desk:ask-export")), (
        "to where one asks a second person"
    )
    with scope(MINASE, read_only=True):
        assert not AuditEntry.objects.filter(action="cases.exported").exists()
    assert client.get(reverse("desk:export-cases")).status_code == HTTPStatus.OK
    with scope(MINASE, read_only=True):
        assert AuditEntry.objects.filter(action="cases.exported").exists()


def _words_of_a_template(desk: Desk) -> None:
    note = "{{ 7*7 }} {% debug %} {0.__class__.__mro__} %(a)s ${7*7} <%= 7*7 %>"
    client = desk.sit_down()
    assert _status(desk.move(client, note=note)) == HTTPStatus.FOUND
    page = _text(client.get(desk.page("case")))
    assert "{{ 7*7 }}" in page
    assert "{0.__class__.__mro__}" in page
    assert "&lt;%= 7*7 %&gt;" in page


def _junk_everywhere(desk: Desk) -> None:
    client = desk.sit_down()
    junk = {"version": "9" * 40, "to": "\x00", "note": "\udfff".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
            "reason": "a" * 5_000, "shown": "z", "number": "-1", "page": "1e9", "after": "%00", "file": "x"}  # fmt: skip
    for endpoint in every_endpoint():
        if "sign-out" in str(endpoint):
            continue
        url = endpoint.url()
        assert client.get(url, junk).status_code < HTTPStatus.INTERNAL_SERVER_ERROR, endpoint
        assert client.post(url, junk).status_code < HTTPStatus.INTERNAL_SERVER_ERROR, endpoint


def _things_left_lying(desk: Desk) -> None:
    client = desk.sit_down()
    for path in (
        "/admin/", "/.git/config", "/.env", "/static/", "/static/desk/", "/static/../settings.py", "/debug/",
        "/__debug__/", "/settings.py~", "/db.sqlite3", "/static/app.css.map", "/api/", "/metrics", "/server-status",
    ):  # fmt: skip
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND, path


def _back_after_signing_out(desk: Desk) -> None:
    client = desk.sit_down()
    assert client.get(desk.page("case")).headers["Cache-Control"] == "no-store"
    answer = client.post(reverse("desk:sign-out"))
    assert set(answer.headers["Clear-Site-Data"].split(", ")) == {'"cache"', '"cookies"', '"storage"'}
    assert client.get(desk.page("case")).status_code == HTTPStatus.FOUND


def _frames_and_openers(desk: Desk) -> None:
    answer = desk.sit_down().get(desk.page("case"))
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    for template in TEMPLATES.rglob("*.html"):
        assert "_blank" not in template.read_text(encoding="utf-8"), template.name


class Lines(logging.Handler):
    """What a log file would hold."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logs.formatter("json"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line."""
        self.lines.append(self.format(record))


@contextmanager
def written() -> Iterator[Lines]:
    """The log file of the desk, at its most talkative."""
    root, lines = logging.getLogger(), Lines()
    root.addHandler(lines)
    before, root.level = root.level, logging.DEBUG
    try:
        yield lines
    finally:
        root.level = before
        root.removeHandler(lines)


def _forged_lines(desk: Desk) -> None:
    attack = 'x\r\n{"event": "forged"}\x1b[2J\u2028", "level": "info'
    with written() as file:
        client = Client()
        agent = {"User-Agent": "a" * 1_000_000 + attack}
        client.get("/nowhere%0d%0aforged/", headers=agent)
        client.post(SIGN_IN, {"name": attack, "password": attack}, headers=agent)
        desk.sit_down().get(reverse("desk:cases"), {"text": attack}, headers=agent)
        logging.getLogger("todoke.web").warning("web.odd %s", attack, extra={"code": attack, "name_": attack})
    assert file.lines
    for line in file.lines:
        assert json.loads(line)["event"] != "forged"
        assert "\n" not in line
        assert "\x1b" not in line
        assert len(line) < 10_000


def _rows() -> Iterable[WebRow]:
    yield WebRow("W02", "fields that no form has", _fields_that_no_form_has, is_still=False)
    yield WebRow("W03", "no token", _forged({}, token="none"))
    yield WebRow("W03", "another's token", _forged({}, token="a" * 64))
    yield WebRow("W03", "a planted cookie and its token", _forged({}, token="a" * 32, cookie="b" * 32))
    yield WebRow("W03", "another origin", _forged({"Origin": "https://evil.example"}))
    yield WebRow("W03", "JSON as text", _forged({}, kind="text/plain"))
    yield WebRow("W05", "a user before the host", _a_portal_that_sends_us_elsewhere, is_still=False)
    yield WebRow("W05", "no form asks for an address", _no_form_asks_for_an_address)
    yield WebRow("W06", "paths that lead out", _paths_that_lead_out)
    yield WebRow("W08", "line ends in what becomes a header", _line_ends_in_headers)
    yield WebRow("W10", "a cookie after signing out", _a_cookie_after_signing_out)
    yield WebRow("W10", "a planted session", _a_planted_session)
    yield WebRow("W12", "a name that nobody has", _names_that_nobody_has)
    yield WebRow("W14", "access that ends while a page is open", _access_that_ends_meanwhile)
    yield WebRow("W15", "two clerks at once", _two_clerks_at_once, is_still=False)
    yield WebRow("W16", "the same form five times", _the_same_form_five_times, is_still=False)
    yield WebRow("W17", "words of a database", _words_of_a_database)
    yield WebRow("W19", "a forged peer", _a_forged_peer)
    yield WebRow("W19", "verbs that no page has", _verbs_that_no_page_has)
    yield WebRow("W19", "a host of somebody else", _a_host_of_somebody_else)
    yield WebRow("W23", "wildcards", _wildcards)
    yield WebRow("W23", "everything in one file", _everything_in_one_file)
    yield WebRow("W24", "words of a template", _words_of_a_template, is_still=False)
    yield WebRow("W26", "junk at every address", _junk_everywhere, but=BEGUN)
    yield WebRow("W27", "things left lying", _things_left_lying)
    yield WebRow("W28", "back after signing out", _back_after_signing_out)
    yield WebRow("W29", "frames and openers", _frames_and_openers)
    yield WebRow("W31", "forged lines of the log", _forged_lines)


ROWS = tuple(_rows())
