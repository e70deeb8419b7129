"""X22 as whole packages: whatever is wrapped around a signed form, what nobody signed is never read."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from samples.packages import APPLICATION, Member
from samples.xml_packages import APPLICANT_ID, APPLICATION_ID, SIGNATURE, Placing
from tests.casework.intake.packages import MINASE
from tests.casework.intake.test_xml_signed import layout, package
from tests.hostile.caravan import Caravan, Traveller
from tests.hostile.house import House, register_channel
from tests.hostile.invariants import Passage
from todoke.casework.intake import queries
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import PackageState
from todoke.foundation.fence import scope

FORGED = "997777"
Wrap = Callable[[str], str]


def forged(form: str) -> str:
    """The same form, for another town."""
    assert MINASE in form
    return form.replace(MINASE, FORGED)


def element(document: str, tag: str) -> str:
    """The markup of the first element of this name."""
    found = re.search(f"<{tag}[ >].*?</{tag}>", document, re.DOTALL)
    assert found is not None
    return found[0]


def object_of(document: str, identifier: str) -> str:
    start = document.index(f'Id="{identifier}"')
    start = document.rindex("<Object", 0, start)
    return document[start : document.index("</Object>", start) + len("</Object>")]


def without_declaration(document: str) -> str:
    return document[document.index("?>") + 2 :].strip()


def around(document: str) -> str:
    """A forged form around the signed one."""
    inner = without_declaration(document)
    bare = inner.replace(element(inner, "Signature"), "")
    return forged(bare).replace("</FocusFormSpecification>", f"{inner}</FocusFormSpecification>")


def in_signature(document: str) -> str:
    """The signed form kept in an Object of its signature, a forged one around both."""
    inner = without_declaration(document)
    signature = element(inner, "Signature")
    bare = inner.replace(signature, "")
    holding = signature.replace("</KeyInfo>", f"</KeyInfo><Object>{bare}</Object>")
    return forged(bare).replace("</FocusFormSpecification>", f"{holding}</FocusFormSpecification>")


def borrowed(document: str) -> str:
    """Only the signature, in a forged form."""
    inner = without_declaration(document)
    signature = element(inner, "Signature")
    return forged(inner.replace(signature, "")).replace(
        "</FocusFormSpecification>", f"{signature}</FocusFormSpecification>"
    )


def beside(document: str) -> str:
    """A forged form as a brother of the signed items."""
    inner = without_declaration(document)
    items = element(inner.replace(element(inner, "Signature"), ""), "FormItems")
    return inner.replace("<FormItems>", f"{forged(items)}<FormItems>", 1)


def second_object(document: str) -> str:
    """A forged Object with the signed one's Id before it."""
    own = object_of(document, APPLICATION_ID)
    return document.replace(own, forged(own) + own)


def moved_object(document: str) -> str:
    """The signed Object inside another Object, a forged one with its Id in its place."""
    own = object_of(document, APPLICATION_ID)
    return document.replace(own, f"{forged(own)}<Object>{own}</Object>")


def renamed_object(document: str) -> str:
    """A forged Object under the Id that the layout reads, the signed one under another."""
    own = object_of(document, APPLICATION_ID)
    hidden = own.replace(f'Id="{APPLICATION_ID}"', 'Id="hoka"')
    return document.replace(own, forged(own) + hidden).replace(f'"#{APPLICATION_ID}"', '"#hoka"')


def two_forms(document: str) -> str:
    """A forged form beside the signed one in its Object."""
    own = object_of(document, APPLICATION_ID)
    form = element(own, "FocusFormSpecification")
    return document.replace(own, own.replace(form, forged(form) + form))


def exchanged_ids(document: str) -> str:
    """The two Objects under each other's Id."""
    one, other = f'Id="{APPLICATION_ID}"', f'Id="{APPLICANT_ID}"'
    return document.replace(one, "\0").replace(other, one).replace("\0", other)


def harmless_object(document: str) -> str:
    """A forged form that nothing refers to and no layout reads."""
    form = re.sub(r' [iI]d="[^"]*"', "", forged(object_of(document, APPLICATION_ID)))
    return document.replace("</KeyInfo>", f"</KeyInfo>{form}")


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A way to wrap, where the signature lies, and the code of the answer; none: the signed form is read."""

    placing: Placing
    wrap: Wrap
    code: str = "SIG-301"

    def __str__(self) -> str:
        return f"X22-{self.wrap.__name__.replace('_', '-')}"

    def build(self) -> bytes:
        """The package, wrapped after it was signed."""
        name = APPLICATION if self.placing is Placing.ENVELOPED else SIGNATURE

        def change(members: list[Member]) -> list[Member]:
            changed = [
                replace(one, content=self.wrap(one.content.decode()).encode()) if one.name == name else one
                for one in members
            ]
            is_forged = any(FORGED.encode() in one.content for one in changed)
            assert is_forged or self.wrap is exchanged_ids
            return changed

        return package(self.placing, change)


ROWS = (
    *(Wrapped(Placing.ENVELOPED, wrap) for wrap in (around, in_signature, borrowed, beside)),
    *(
        Wrapped(Placing.ENVELOPING, wrap)
        for wrap in (second_object, moved_object, renamed_object, two_forms, exchanged_ids)
    ),
    Wrapped(Placing.ENVELOPING, harmless_object, ""),
)


def take_in(traveller: Traveller, row: Wrapped) -> Passage:
    """On a channel of its own, whose layout says where the signature lies."""
    shipped, wanted = queries.load_profile, layout(row.placing)
    with scope(MINASE):
        channel = register_channel(f"hand-{traveller.place}", "xml-signed-sample")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            queries, "load_profile",
            lambda name: wanted if name == "xml-signed-sample" else shipped(name),
        )  # fmt: skip
        return traveller.take_in(row.build(), channel=channel)


@pytest.fixture(scope="module")
def caravan(house_of_module: House) -> Iterator[Caravan[Wrapped]]:
    with Caravan(house_of_module, ROWS, take_in) as one:
        yield one


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_wrapped_form_is_refused_or_the_signed_one_is_read(row: Wrapped, caravan: Caravan[Wrapped]) -> None:
    passage = caravan.of(row)
    with scope(MINASE):
        judged = relay.package(passage.package)
        state = PackageState.QUARANTINED if row.code else PackageState.ACCEPTED
        assert (judged.state, judged.code) == (state, row.code)
        if not row.code:
            assert queries.application(passage.package).form.recipient == MINASE
    caravan.check(row)
