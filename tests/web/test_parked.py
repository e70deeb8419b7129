"""Whatever keeps failing stands on the page of the administrator, and a button lets it be tried again, once."""

from http import HTTPStatus

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.support import desk
from todoke.casework import journey
from todoke.casework.handover.models import Batch, Handover
from todoke.casework.intake.models import Application
from todoke.foundation.accounts.values import Role
from todoke.foundation.audit.models import AuditEntry
from todoke.foundation.calendars.queries import now
from todoke.foundation.claims import Claimant, JobContext
from todoke.foundation.fence import scope

from .conftest import HIYORI, MINASE, Towns

KINDS = [("application", Application), ("handover", Handover), ("batch", Batch)]


def administrator_of(town: str) -> Client:
    staff = desk.appoint(town, [Role.SYSTEM_ADMINISTRATION], name=f"administrator-{town}")
    return desk.browser(town, staff)


@pytest.mark.parametrize(("kind", "model"), KINDS, ids=[kind for kind, _ in KINDS])
def test_a_parked_row_is_shown_and_let_out_once_by_its_own_town(
    towns: Towns, kind: str, model: type[Model]
) -> None:
    write = next(job for job in journey.JOBS if job.name == "handover.write_batches")
    write.run(JobContext(MINASE, Claimant("test", now()), 100))
    with scope(MINASE):
        row = model._default_manager.order_by("pk")[0]
        model._default_manager.filter(pk=row.pk).update(parked_code="SYS-910")
    administrator, stranger = (administrator_of(town) for town in (MINASE, HIYORI))
    address = reverse("desk:unpark", args=[kind, row.pk])
    assert address in administrator.get(reverse("desk:system")).content.decode()
    assert stranger.post(address).status_code == HTTPStatus.NOT_FOUND
    assert administrator.post(address).status_code == HTTPStatus.FOUND
    assert administrator.post(address).status_code == HTTPStatus.NOT_FOUND
    with scope(MINASE):
        assert not model._default_manager.exclude(parked_code="").exists()
        assert AuditEntry.objects.filter(action=f"{kind}.unparked").count() == 1
