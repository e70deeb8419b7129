"""Registering bodies and their sections."""

from dataclasses import replace
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, transaction

from todoke.foundation import databases
from todoke.foundation.fence import current_organisation

from . import queries, rules
from .models import Organisation, Section
from .values import OrganisationKind, OrganisationRef, SectionRef


@transaction.atomic
def register_organisation(code: str, *, name: str, kind: OrganisationKind, at: datetime) -> OrganisationRef:
    """Register a body, or change its name; raises CodeInvalid. Needs no scope: there is none before it.

    The caller records the act in the audit of the new body's scope (the audit stands above this stage).
    """
    rules.check_code(code)
    with databases.home_of(code):  # a group's rows name their body: it has a copy of this row, made first
        _keep(DEFAULT_DB_ALIAS, code, name, kind, at)
    _keep(databases.directory(), code, name, kind, at)
    return OrganisationRef(code, name, kind)


def _keep(alias: str, code: str, name: str, kind: OrganisationKind, at: datetime) -> None:
    Organisation.objects.using(alias).update_or_create(
        code=code,
        defaults={"name": name, "kind": kind.value},
        create_defaults={
            "name": name,
            "kind": kind.value,
            "registered_at": at,
        },
    )


@transaction.atomic
def set_parent(code: str, parent: str) -> OrganisationRef:
    """Say whom a body submits to: its prefecture, or the nation; empty takes it back. Needs no scope.

    Raises OrganisationUnknown for either body, and ParentUnfit where the other is no prefecture and not the nation.
    The caller records the act in the audit of the body's scope.
    """
    child = queries.organisation(code)
    if parent:
        rules.check_parent(child, queries.organisation(parent))
    with databases.home_of(code):  # both copies of the row, as when it was registered
        Organisation.objects.using(DEFAULT_DB_ALIAS).filter(code=code).update(parent_code=parent)
    Organisation.objects.using(databases.directory()).filter(code=code).update(parent_code=parent)
    return replace(child, parent=parent)


@transaction.atomic
def register_section(code: str, *, name: str) -> SectionRef:
    """Register a section of the body in scope, or change its name."""
    row, _ = Section.objects.update_or_create(
        code=code, organisation_id=current_organisation(), defaults={"name": name}
    )
    return SectionRef(row.pk, row.code, row.name)
