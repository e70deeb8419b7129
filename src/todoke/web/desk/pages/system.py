"""How the installation stands: trust lists, channels, what keeps failing — and letting that be tried again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.relay import queries as relay
from todoke.casework.screening import queries as screening
from todoke.foundation.accounts.values import Right
from todoke.foundation.calendars.queries import now
from todoke.web.desk import operations as operations_view
from todoke.web.desk import standing
from todoke.web.shared.requests import DeskRequest, actor_of


def system(request: DeskRequest) -> HttpResponse:
    """What is installed, how old it is, when things last ran, what is parked."""
    facts = {
        "trust": standing.trust(at=now()), "channels": relay.channels(), "runs": relay.last_runs(),
        "parked": standing.parked(), "waiting": standing.waiting(at=now()),
        "scanner": screening.scanner_status(at=now()), "may_manage": request.viewer.may(Right.MANAGE_SYSTEM),
    }  # fmt: skip
    return render(request, "desk/system.html", facts)


def operations(request: DeskRequest) -> HttpResponse:
    """The figures of the day: queues, outcomes, channels, seals, room."""
    return render(request, "desk/operations.html", {"view": operations_view.operations(at=now())})


@require_POST
def unpark(request: DeskRequest, kind: str, row: int) -> HttpResponse:
    """Let a parked row be tried again from the first attempt; what waits no more is not found."""
    try:
        standing.RELEASES[kind](row, actor=actor_of(request), at=now())
    except (KeyError, standing.NotParked) as nothing:
        raise Http404 from nothing
    messages.success(request, "もう一度処理します。結果は数十秒後に反映されます。", extra_tags="good")
    return redirect("desk:system")
