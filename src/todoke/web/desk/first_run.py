"""The first set-up of an empty installation: one body, one section, one administrator, and what is left to do."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.foundation import fence
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.accounts.errors import SetUpDone
from todoke.foundation.accounts.values import Role, RoleGiven
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.procedures import queries as procedures
from todoke.foundation.procedures import services as procedure_services
from todoke.web.shared import sessions
from todoke.web.shared.requests import terminal_of

LINK = "setup"
BY_HAND = "hand"
ONE_PERSON_OFFICE = tuple(Role)  # the first administrator does everything until there are colleagues


@dataclass(frozen=True, slots=True)
class SetUp:
    """What the first page asks for."""

    organisation_code: str
    organisation_name: str
    kind: OrganisationKind
    section_name: str
    display_name: str
    sign_in_name: str
    password: str


def is_open(token: str, *, at: datetime) -> bool:
    """Whether the link may be used: it works still and nobody has set the installation up."""
    return not accounts.any_staff() and account_services.is_link_open(token, LINK, at=at)


@transaction.atomic
def set_up(request: HttpRequest, token: str, wanted: SetUp, *, at: datetime) -> None:
    """Use the link up, make the body, its section, a channel for imports by hand and its administrator, and sign in.

    Raises SetUpDone, CodeInvalid.
    """
    if accounts.any_staff():
        raise SetUpDone
    account_services.use_link(token, LINK, at=at)
    actor = Actor(ActorKind.COMMAND, "set-up", terminal_of(request))
    organisations.register_organisation(
        wanted.organisation_code, name=wanted.organisation_name, kind=wanted.kind, at=at
    )
    with fence.scope(wanted.organisation_code):
        audit.record(
            "organisation.registered", object_kind="organisation", object_id=wanted.organisation_code,
            actor=actor, at=at,
        )  # fmt: skip
        _assign_everything(wanted.section_name, wanted.kind, actor, at)
        relay.register_channel(
            BY_HAND, kind=ChannelKind.HAND, profile="by-hand", layout="pittari-xml-sample", settings=ChannelSettings(),
            actor=actor, at=at,
        )  # fmt: skip
        _appoint_and_sign_in(request, wanted, actor, at)


def _appoint_and_sign_in(request: HttpRequest, wanted: SetUp, actor: Actor, at: datetime) -> None:
    staff_id = account_services.create_staff(
        wanted.sign_in_name, display_name=wanted.display_name, password=wanted.password,
        roles=[RoleGiven(role, None) for role in ONE_PERSON_OFFICE], actor=actor, at=at,
    )  # fmt: skip
    person = accounts.staff(staff_id)
    assert person is not None  # it was made in this transaction
    sessions.begin(request, person)


def _assign_everything(section_name: str, kind: OrganisationKind, actor: Actor, at: datetime) -> None:
    """Let the first section answer for every procedure of bodies of this kind."""
    section = organisations.register_section("001", name=section_name)
    level = (
        OrganisationKind.PREFECTURE.label
        if kind is OrganisationKind.PREFECTURE
        else OrganisationKind.MUNICIPALITY.label
    )
    for procedure in procedures.catalogue().values():
        if procedure.level == level:
            procedure_services.assign_procedure(procedure.code, section_id=section.id, actor=actor, at=at)
