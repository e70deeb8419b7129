"""What leaves for other systems: statuses that somebody has to type, and the agreement with the core systems."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.handover import queries as handover
from todoke.casework.notify import queries as notify
from todoke.casework.notify import services as notify_services
from todoke.casework.notify.errors import NoticeUnknown
from todoke.foundation.calendars.queries import now
from todoke.web.shared.requests import DeskRequest, terminal_of


def reconcile(request: DeskRequest) -> HttpResponse:
    """突合表, one per core system."""
    rows = [handover.reconcile(system.name) for system in handover.core_systems()]
    return render(request, "desk/reconcile.html", {"reconciliations": rows})


def statuses(request: DeskRequest) -> HttpResponse:
    """Statuses that wait to be typed into a portal without an interface, oldest first."""
    return render(request, "desk/statuses.html", {"lines": notify.to_type(request.viewer)})


@require_POST
def status_typed(request: DeskRequest, message_id: int) -> HttpResponse:
    """Somebody has typed a status; what waits no more, or is not theirs, is not found."""
    try:
        notify_services.mark_typed(request.viewer, message_id, at=now(), terminal=terminal_of(request))
    except NoticeUnknown as unknown:
        raise Http404 from unknown
    messages.success(request, "入力済みにしました。", extra_tags="good")
    return redirect("desk:statuses")
