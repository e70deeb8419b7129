"""What leaves for other systems: statuses that somebody has to type, and the agreement with the core systems."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework import journey
from todoke.casework.handover import queries as handover
from todoke.casework.notify import queries as notify
from todoke.casework.notify import services as notify_services
from todoke.casework.notify.errors import NoticeUnknown
from todoke.foundation import fence
from todoke.foundation.backup import queries as backup
from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.web.desk.agreement import reconciliations
from todoke.web.shared.requests import DeskRequest, actor_of, terminal_of


def reconcile(request: DeskRequest) -> HttpResponse:
    """突合表, one per core system; the button fetches the core systems' ledgers first."""
    if request.method == "POST":
        _fetch_ledgers(request)
        return redirect("desk:reconcile")
    facts = {"tables": reconciliations(), "restoration": backup.open_restoration()}
    return render(request, "desk/reconcile.html", facts)


def _fetch_ledgers(request: DeskRequest) -> None:
    """Ask each core system for its ledger; the network is spoken to outside any transaction."""
    organisation = request.viewer.organisation
    with fence.scope(organisation, read_only=True):
        systems = handover.core_systems()
    for system in systems:
        try:
            journey.fetch_ledger(organisation, system.name, actor_of(request))
        except TodokeError as refusal:
            messages.error(request, f"{system.name}: {refusal.for_screen()}", extra_tags="bad")
        else:
            messages.success(request, f"{system.name} の台帳を取り寄せました。", extra_tags="good")


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
