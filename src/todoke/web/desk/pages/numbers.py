"""Showing 個人番号 and serials of a case once, by right and with a purpose. The answer is the page itself: no address."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from todoke.casework.cases import queries as cases
from todoke.casework.cases import services
from todoke.casework.cases.errors import CaseNotFound, PurposeMissing
from todoke.foundation.calendars.queries import now
from todoke.web.shared.requests import DeskRequest, terminal_of, typed_text


@require_POST
def reveal_numbers(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The numbers, in this one answer that no cache may keep."""
    purpose = typed_text(request.POST.get("purpose", ""), 200)
    try:
        row = cases.find(request.viewer, uuid)
        found = services.reveal_numbers(
            request.viewer, uuid, purpose=purpose, at=now(), terminal=terminal_of(request)
        )
    except CaseNotFound as unknown:
        raise Http404 from unknown
    except PurposeMissing as missing:
        messages.error(request, missing.for_screen(), extra_tags="bad")
        return redirect("desk:case", uuid=uuid)
    return render(request, "desk/numbers.html", {"row": row, "numbers": found})
