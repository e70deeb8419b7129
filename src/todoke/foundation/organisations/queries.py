"""Questions about bodies and sections."""

from . import rules
from .errors import OrganisationUnknown
from .models import Organisation, Section
from .values import OrganisationKind, OrganisationRef, SectionRef


def _ref(row: Organisation) -> OrganisationRef:
    return OrganisationRef(row.code, row.name, OrganisationKind(row.kind), row.parent_code)


def organisations() -> list[OrganisationRef]:
    """Every body of this installation, by code. Needs no scope."""
    return [_ref(row) for row in Organisation.objects.all()]


def organisation(code: str) -> OrganisationRef:
    """The body with this code; raises OrganisationUnknown."""
    row = Organisation.objects.filter(code=code).first()
    if row is None:
        raise OrganisationUnknown(organisation=code)
    return _ref(row)


def sections() -> list[SectionRef]:
    """The sections of the body in scope, by code."""
    return [SectionRef(row.pk, row.code, row.name) for row in Section.objects.all()]


def code_of(text: str) -> str:
    """The six digits of a code; five get their check digit. Raises CodeInvalid. Needs no scope."""
    return rules.check_code(text if len(text) != 5 else text + rules.check_digit(text))
