"""What leaves for other systems: statuses that somebody has to type, and the agreement with the core systems."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.handover import queries as handover
from todoke.foundation.calendars.queries import now
from todoke.foundation.outbox import services as outbox
from todoke.web.shared.requests import DeskRequest, actor_of


def reconcile(request: DeskRequest) -> HttpResponse:
    """突合表, one per core system."""
    rows = [handover.reconcile(system.name) for system in handover.core_systems()]
    return render(request, "desk/reconcile.html", {"reconciliations": rows})


def statuses(request: DeskRequest) -> HttpResponse:
    """Statuses that wait to be typed into a portal without an interface, oldest first."""
    return render(request, "desk/statuses.html", {"lines": []})


@require_POST
def status_typed(request: DeskRequest, message_id: int) -> HttpResponse:
    """Somebody has typed a status; pressing twice notes it once."""
    if outbox.typed(message_id, actor=actor_of(request), at=now()):
        messages.success(request, "入力済みにしました。", extra_tags="good")
    return redirect("desk:statuses")
