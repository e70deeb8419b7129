"""The procedures of this body: switched on or off, their 締切, and how many packages wait while one is off（S15, S17）."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from todoke.casework.intake import queries as intake
from todoke.casework.intake import services
from todoke.foundation.calendars.queries import now
from todoke.foundation.organisations import queries as organisations
from todoke.foundation.procedures import queries as catalogue
from todoke.foundation.procedures.values import Desk, Procedure
from todoke.web.desk.forms.procedures import ProcedureForm
from todoke.web.shared.requests import DeskRequest, actor_of


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """One procedure of the catalogue as this body has it, with what waits for it to be switched on."""

    procedure: Procedure
    desk: Desk | None
    section: str
    waiting: int

    @property
    def is_active(self) -> bool:
        """Whether packages of it go on; a procedure that nobody has assigned does."""
        return self.desk is None or self.desk.is_active


def procedures(request: DeskRequest) -> HttpResponse:
    """Every procedure of the catalogue; one is switched on or off, or gets its 締切."""
    if request.method == "POST":
        return _switch(request)
    return render(request, "desk/procedures.html", {"lines": _lines()})


def _lines() -> list[ProcedureLine]:
    desks, waiting = catalogue.desks(), intake.waiting_for_procedures()
    sections = {one.id: one.name for one in organisations.sections()}
    return [
        ProcedureLine(
            one, (desk := desks.get(code)), sections.get(desk.section_id or 0, "") if desk else "",
            waiting.get(code, 0),
        )
        for code, one in catalogue.catalogue().items()
    ]  # fmt: skip


def _switch(request: DeskRequest) -> HttpResponse:
    """What waited goes on at once."""
    form = ProcedureForm(request.POST)
    if not form.is_valid():
        messages.error(request, "締切の日時か理由を確かめてください。", extra_tags="bad")
        return redirect("desk:procedures")
    typed = form.cleaned_data
    woken = services.open_or_close_procedure(
        typed["procedure"], is_active=typed["is_active"], closes_at=typed["closes_at"], reason=typed["reason"],
        actor=actor_of(request), at=now(),
    )  # fmt: skip
    words = (
        f"受付を再開し、待っていた申請データ{woken}件を進めます。" if woken else "手続の設定を変えました。"
    )
    messages.success(request, words, extra_tags="good")
    return redirect("desk:procedures")
