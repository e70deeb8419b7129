"""公表資料: official publications that were imported as files, with what did not fit."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import now
from todoke.foundation.errors import TodokeError
from todoke.programme.rollup import queries, services
from todoke.web.board import publications_view
from todoke.web.board.finding import done, or_404
from todoke.web.board.forms.rollup import PublicationForm
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest

MISFITS = ("行", "列", "書かれていたこと", "種類", "扱い")


@require_safe
def publications(request: DeskRequest) -> HttpResponse:
    """The official publications that were imported, with what did not fit."""
    return _publications(request, PublicationForm())


def _publications(request: DeskRequest, form: PublicationForm, status: int = 200) -> HttpResponse:
    facts = {"publications": queries.publications(), "layouts": queries.layouts(), "form": form}
    return render(request, "board/publications.html", facts, status=status)


@require_POST
def import_publication(request: DeskRequest) -> HttpResponse:
    """Import a publication."""
    form = PublicationForm(request.POST, request.FILES)
    if form.is_valid():
        given, content = form.cleaned_data, request.FILES["file"].read()  # type: ignore[union-attr]  # one file per name
        try:
            kept = services.take_publication(
                request.viewer, given["layout"], content, as_of=given["as_of"], at=now()
            )
        except TodokeError as refusal:
            form.add_error("file", refusal.for_screen())
        else:
            done(request, f"{kept.bodies}団体を取り込みました。合わないものは下の表を見てください。")
            return redirect("board:publications")
    return _publications(request, form, status=422)


@require_safe
@or_404
def publication(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One import: what it says of the bodies together, and what did not fit."""
    return render(request, "board/publication.html", {"view": publications_view.page(uuid)})


@require_safe
@or_404
def publication_misfits(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """What did not fit as a table."""
    rows = [
        [str(one.row), one.column, one.text, one.kind.label, "取り込んだ" if one.is_taken else "取り込まない"]
        for one in queries.publication(uuid).misfits
    ]
    return csv_file("misfits", MISFITS, rows)
