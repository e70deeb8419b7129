"""Disposal: who the parties of applications were found to be, and what was decided on it."""

from collections.abc import Iterable

from django.db import transaction

from todoke.casework.identify.models import DecisionRow, PartyRow


@transaction.atomic
def dispose_parties(application_ids: Iterable[int]) -> None:
    """Remove the parties of these applications and the decisions on them. The caller has asked and records it."""
    ids = list(application_ids)
    DecisionRow.objects.filter(party__application_id__in=ids).delete()
    PartyRow.objects.filter(application_id__in=ids).delete()
