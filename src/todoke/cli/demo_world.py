"""Setting an installation up for the invented bodies of the sample world, by the same doors an administrator uses."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from todoke.casework.handover import services as handover
from todoke.casework.handover.values import AdapterKind, CoreSettings
from todoke.casework.identify import services as identify
from todoke.casework.identify.values import LoadKind
from todoke.casework.relay import services as relay
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.casework.residents import services as residents
from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Role, RoleGiven
from todoke.foundation.audit import services as audit
from todoke.foundation.audit.values import Actor
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services as organisations
from todoke.foundation.organisations.values import OrganisationKind
from todoke.foundation.procedures import services as procedures

Body = Mapping[str, Any]  # one organisation of world.json, whose shape samples/world.py owns


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where the sandbox portal and the sandbox core system listen."""

    portal: str
    core: str


@dataclass(frozen=True, slots=True)
class By:
    """Who sets up, and when."""

    actor: Actor
    at: datetime


def read_world(data: Path) -> Mapping[str, Any]:
    """world.json of a sample world."""
    world: Mapping[str, Any] = json.loads((data / "world.json").read_text(encoding="utf-8"))
    return world


def set_up(data: Path, neighbours: Neighbours, *, actor: Actor, at: datetime) -> None:
    """Register bodies, sections, staff, procedures, channels and core systems; install anchors; load the links."""
    shutil.copytree(data / "trust", settings.TODOKE_TRUST_DIR, dirs_exist_ok=True)
    world = read_world(data)
    by = By(actor, at)
    for body in world["organisations"]:
        kind = OrganisationKind(body["kind"])
        organisations.register_organisation(body["code"], name=body["name"], kind=kind, at=at)
        with scope(body["code"]):
            audit.record(
                "organisation.registered",
                object_kind="organisation",
                object_id=body["code"],
                actor=actor,
                at=at,
            )
            _appoint(body, actor, at)
            if body["channel"]:
                _receive(body, data, world["layout_profile"], neighbours.portal, by)
            _hand_over(body, world["core_profile"], neighbours.core, by)
        if body["links"]:
            identify.load_links(body["code"], data / body["links"], kind=LoadKind.FULL, actor=actor, at=at)
            records = data / "residents" / f"{body['code']}.csv"
            residents.load_residents(body["code"], records, kind=LoadKind.FULL, actor=actor, at=at)


def _appoint(body: Body, actor: Actor, at: datetime) -> None:
    """Sections, who answers for which procedure, and the staff."""
    sections = {
        one["code"]: organisations.register_section(one["code"], name=one["name"]).id
        for one in body["sections"]
    }
    for procedure, section in body["procedures"].items():
        procedures.assign_procedure(procedure, section_id=sections[section], actor=actor, at=at)
    for person in body["staff"]:
        place = sections[person["section"]] if person["section"] else None
        accounts.create_staff(
            person["id"],
            display_name=person["name"],
            password=None,
            roles=[RoleGiven(Role(role), place) for role in person["roles"]],
            actor=actor,
            at=at,
        )


def _receive(body: Body, data: Path, layout: str, portal: str, by: By) -> None:
    """The channel by which applications come: the portal's interface, or a watched folder."""
    channel = body["channel"]
    if channel["kind"] == "portal":
        secret = Path(settings.TODOKE_MASTER_KEY_FILE).with_name(f"portal-{body['code']}.password")
        secret.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret.touch(mode=0o600)
        secret.write_text(channel["password"])
        way = ChannelSettings(base_url=portal, provider_id=channel["provider_id"], password_file=str(secret))
        kind, profile = ChannelKind.API, "sandbox-portal"
    else:
        way = ChannelSettings(folder=str(data / "folder" / body["code"]))
        kind, profile = ChannelKind.FOLDER, "watched-folder"
    relay.register_channel(
        channel["kind"], kind=kind, profile=profile, layout=layout, settings=way, actor=by.actor, at=by.at
    )


def _hand_over(body: Body, profile: str, core: str, by: By) -> None:
    """The core system to which applications go."""
    handover.register_core_system(
        f"core-{body['code']}",
        profile=profile,
        adapter=AdapterKind.HTTP_INBOX,
        settings=CoreSettings(base_url=core, poll_seconds=0.2, resend_seconds=5.0),
        actor=by.actor,
        at=by.at,
    )
