"""Registering bodies and their sections."""

from datetime import datetime

from django.db import transaction

from todoke.foundation.fence import current_organisation

from . import rules
from .models import Organisation, Section
from .values import OrganisationKind, OrganisationRef, SectionRef


@transaction.atomic
def register_organisation(code: str, *, name: str, kind: OrganisationKind, at: datetime) -> OrganisationRef:
    """Register a body, or change its name; raises CodeInvalid. Needs no scope: there is none before it.

    The caller records the act in the audit of the new body's scope (the audit stands above this stage).
    """
    rules.check_code(code)
    Organisation.objects.update_or_create(
        code=code,
        defaults={"name": name, "kind": kind.value},
        create_defaults={
            "name": name,
            "kind": kind.value,
            "registered_at": at,
        },
    )
    return OrganisationRef(code, name, kind)


@transaction.atomic
def register_section(code: str, *, name: str) -> SectionRef:
    """Register a section of the body in scope, or change its name."""
    row, _ = Section.objects.update_or_create(
        code=code, organisation_id=current_organisation(), defaults={"name": name}
    )
    return SectionRef(row.pk, row.code, row.name)
