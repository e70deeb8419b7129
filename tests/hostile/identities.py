"""Group C, as far as persons decide: serials that lead to nobody, to two, to somebody else, or to another body's people.

Each row says what the town has loaded, what an application states, and who comes out: role → state, number, code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from samples import places
from samples.names import Name
from samples.residents import Resident
from tests.casework.identify.applications import TARO, Written
from tests.casework.identify.conftest import AUTH_1, AUTH_2
from tests.casework.intake.packages import package, person
from tests.casework.residents.conftest import line
from tests.hostile.rows import CANARY
from todoke.casework.intake.values import PartyRole, Person, StatedParty

Found = tuple[str, str, str]  # state, number, code
MINE = f"{AUTH_1},1001,77,atena,2022-04-07,,"
CHILD = StatedParty(PartyRole.SUBJECT, 1, f"織機　{CANARY}", "オリハタ　イト", "2020-05-05")
AGENT = StatedParty(PartyRole.AGENT, 1, "織機　花", "オリハタ　ハナ")
HANA = f"{AUTH_1},2002,78,atena,2022-04-07,,"
MATCHED: Found = ("matched", "77", "")
UNKNOWN: Found = ("unknown", "", "")


@dataclass(frozen=True, slots=True)
class Identity:
    """One row: `later` is a second full load of links, an hour after the first and before the application."""

    number: str
    condition: str
    links: tuple[str, ...]
    written: Written
    found: Mapping[PartyRole, Found]
    residents: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    held: str = ""
    kept: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"

    def build(self) -> bytes:
        """The application as a package."""
        written = self.written
        roles = {one.role: _resident(one) for one in written.parties}
        subject = roles.get(PartyRole.SUBJECT)
        return package(
            "P02", applicant=_resident(written.applicant), serial_text=written.serial,
            issuer_key=written.issuer_key, subjects=() if subject is None else (subject,),
            agent=roles.get(PartyRole.AGENT), applied_at=written.applied_at.astimezone(places.JST),
        )  # fmt: skip


def _resident(who: Person | StatedParty) -> Resident:
    """One of the samples' people under this name, of this birth, at the address of the records."""
    family, _, given = who.name.partition("　")
    family_kana, _, given_kana = who.kana.partition("　")
    birth = date.fromisoformat(who.birth) if who.birth else date(1985, 1, 1)
    return replace(
        person(), name=Name(family, family_kana, given, given_kana), birth=birth, female=False,
        address="つむぎ県みなせ市水音町1番地2",
    )  # fmt: skip


def _alone(found: Found) -> Mapping[PartyRole, Found]:
    return {PartyRole.APPLICANT: found}


def _named(name: str, birth: str = TARO.birth) -> Written:
    return Written(applicant=replace(TARO, name=name, birth=birth))


TWO_GENERATIONS = (MINE, f"{AUTH_2},1001,88,atena,2024-01-01,,")
RECORDS = (line(), line("78", "織機　花", "オリハタ　ハナ", "1985-01-01"))
PERSON = Person("織機　太郎", "オリハタ　タロウ", "1980-02-03", "男性", "", "つむぎ県みなせ市水音町1番地2")
MISMATCH: Found = ("differs", "", "IDN-321")

ROWS = (
    Identity("C09", "same serial old generation", TWO_GENERATIONS, Written(), _alone(MATCHED)),
    Identity(
        "C09",
        "same serial new generation",
        TWO_GENERATIONS,
        Written(issuer_key=AUTH_2),
        _alone(("matched", "88", "")),
    ),
    Identity(
        "C09",
        "same serial unknown generation",
        (MINE,),
        Written(issuer_key=AUTH_2),
        _alone(UNKNOWN),
        held="EXP-702",
    ),
    Identity(
        "C09",
        "serial without an issuer",
        TWO_GENERATIONS,
        Written(issuer_key=""),
        _alone(UNKNOWN),
        held="EXP-702",
    ),
    Identity("C12", "serial not found", (HANA,), Written(), _alone(UNKNOWN), held="EXP-702"),
    Identity(
        "C12",
        "ended by moving out",
        (f"{AUTH_1},1001,77,atena,2022-04-07,2026-01-31,moved_out",),
        Written(),
        _alone(UNKNOWN),
        held="EXP-702",
    ),
    Identity(
        "C12",
        "reissued and only derived",
        (MINE,),
        Written(),
        _alone(("unknown", "", "IDN-324")),
        later=(f"{AUTH_2},3003,77,atena,2026-04-01,,",),
        held="EXP-702",
    ),
    Identity(
        "C12",
        "vanished without a successor",
        (MINE,),
        Written(),
        _alone(UNKNOWN),
        later=(HANA,),
        held="EXP-702",
    ),
    Identity(
        "C12",
        "found but had died",
        (MINE,),
        Written(applicant=PERSON),
        _alone(MISMATCH),
        residents=(line(status="deceased", since="2026-03-01"),),
        held="IDN-321",
    ),
    Identity(
        "C13",
        "two residents at once",
        (MINE, f"{AUTH_1},1001,78,atena,2022-04-07,,"),
        Written(),
        _alone(("conflict", "", "IDN-320")),
        held="EXP-702",
    ),
    Identity(
        "C13",
        "two residents though one has the name",
        (MINE, f"{AUTH_1},1001,78,atena,2022-04-07,,"),
        Written(applicant=PERSON),
        _alone(("conflict", "", "IDN-320")),
        residents=RECORDS,
        held="EXP-702",
    ),
    Identity(
        "C14",
        "another family name",
        (MINE,),
        _named("高橋　太郎"),
        _alone(MISMATCH),
        residents=RECORDS,
        held="IDN-321",
        kept=("高橋　太郎", "織機　太郎"),
    ),
    Identity(
        "C14",
        "another birth",
        (MINE,),
        _named(TARO.name, "1980-02-04"),
        _alone(MISMATCH),
        residents=RECORDS,
        held="IDN-321",
        kept=("1980-02-04", "1980-02-03"),
    ),
    Identity(
        "C14",
        "a sibling with this serial",
        (MINE,),
        _named("織機　花", "1985-01-01"),
        _alone(MISMATCH),
        residents=RECORDS,
        held="IDN-321",
    ),
    Identity(
        "C14",
        "an old form of a character is explained",
        (MINE,),
        _named("髙橋　太郎"),
        _alone(MATCHED),
        residents=(line(name="高橋　太郎"),),
        kept=("髙橋　太郎", "高橋　太郎"),
    ),
    Identity(
        "C14",
        "a variant character is explained",
        (MINE,),
        _named("渡邉　太郎"),
        _alone(MATCHED),
        residents=(line(name="渡辺　太郎"),),
        kept=("渡邉　太郎", "渡辺　太郎"),
    ),
    Identity("C14", "without a copy there is no mismatch", (MINE,), _named("高橋　太郎"), _alone(MATCHED)),
    Identity(
        "C14",
        "not in the copy there is no mismatch",
        (MINE,),
        _named("高橋　太郎"),
        _alone(MATCHED),
        residents=(line("99", "別　人"),),
    ),
    Identity(
        "C15",
        "a person under protection",
        (MINE,),
        Written(applicant=PERSON),
        _alone(MATCHED),
        residents=(line().replace(",current,,,", ",current,,1,"),),
    ),
    Identity(
        "C16",
        "the agents serial and the childs data",
        (MINE, HANA),
        Written(serial="2002", applicant=TARO, parties=(CHILD, AGENT)),
        {
            PartyRole.APPLICANT: UNKNOWN,
            PartyRole.SUBJECT: UNKNOWN,
            PartyRole.AGENT: ("matched", "78", "IDN-334"),
        },
        residents=RECORDS,
        held="EXP-702",
    ),
    Identity(
        "C16",
        "a parent for a child",
        (MINE,),
        Written(applicant=PERSON, parties=(CHILD,)),
        {PartyRole.APPLICANT: MATCHED, PartyRole.SUBJECT: UNKNOWN},
        residents=(*RECORDS, line("79", f"織機　{CANARY}", "オリハタ　イト", "2020-05-05")),
    ),
    Identity(
        "C16",
        "an agent who writes the childs name as his own",
        (MINE, HANA),
        Written(
            serial="2002", applicant=replace(TARO, name=CHILD.name, birth=CHILD.birth), parties=(CHILD, AGENT)
        ),
        {
            PartyRole.APPLICANT: UNKNOWN,
            PartyRole.SUBJECT: UNKNOWN,
            PartyRole.AGENT: ("matched", "78", "IDN-334"),
        },
        held="EXP-702",
    ),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a source of numbers answers instead of a file of this body: `code` is that of the refusal."""

    number: str
    condition: str
    body: bytes
    code: str

    def __str__(self) -> str:
        return f"{self.number}-{self.condition.replace(' ', '-')}"


ANSWERS = (
    Answered("C18", "another bodys links", f"993018,{MINE}\n".encode(), "CSV-240"),
    Answered(
        "C18", "one line of another body among ours", f"992011,{HANA}\n993018,{MINE}\n".encode(), "CSV-240"
    ),
    Answered("C18", "a line without a body", f",{MINE}\n".encode(), "CSV-240"),
    Answered(
        "C19", "a page of HTML", f"<!DOCTYPE html><html><body>{CANARY}</body></html>".encode(), "IDN-322"
    ),
    Answered("C19", "an error in JSON with status 200", b'{"error": {"code": 500}}', "IDN-322"),
    Answered("C19", "an XML fault", b'\xef\xbb\xbf<?xml version="1.0"?><Fault/>', "IDN-322"),
    Answered(
        "C19",
        "a whole answer with its head",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        "IDN-322",
    ),
    Answered("C19", "an archive", b"PK\x03\x04" + bytes(40), "IDN-322"),
    Answered("C19", "nothing at all", b"", "CSV-241"),
    Answered("C19", "a plain sentence", "ただいま混み合っています。\n".encode(), "CSV-241"),
)
