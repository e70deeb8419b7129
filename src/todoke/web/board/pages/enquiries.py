"""照会と回答: asking the bodies below, collecting what they answer, and answering the body above."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.rollup import queries, services
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.rollup import AskForm, ReturnForm, answer_form
from todoke.web.board.tables import csv_file
from todoke.web.shared.requests import DeskRequest


@require_safe
def enquiries(request: DeskRequest) -> HttpResponse:
    """What was asked, and a form to ask."""
    return _page(request, AskForm())


def _page(request: DeskRequest, form: AskForm, status: int = 200) -> HttpResponse:
    facts = {"enquiries": queries.enquiries(), "bodies": queries.bodies_below(), "form": form}
    return render(request, "board/enquiries.html", facts, status=status)


@require_POST
def ask_bodies(request: DeskRequest) -> HttpResponse:
    """Ask; without chosen bodies, all."""
    form = AskForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        bodies = request.POST.getlist("bodies") or list(queries.bodies_below())
        try:
            uuid = services.ask(
                request.viewer, title=given["title"], text=given["text"], fields=queries.typed_form(given["form"]),
                due_on=given["due_on"], bodies=bodies, at=now(),
            )  # fmt: skip
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "照会しました。自動処理が送ります。")
            return redirect("board:enquiry", uuid=uuid)
    return _page(request, form, status=422)


@require_safe
@or_404
def enquiry(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """取りまとめ: everybody's answers, and who has not answered."""
    found = queries.collected(uuid, as_of=japanese_date(now()))
    return render(request, "board/enquiry.html", {"found": found, "enquiry": found.enquiry})


@require_safe
@or_404
def enquiry_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """取りまとめ as a table."""
    found = queries.collected(uuid, as_of=japanese_date(now()))
    fields = found.enquiry.fields
    header = ["団体コード", "団体名", "状態", "遅れ（執務日）", *(one.label for one in fields)]
    rows = [
        [one.body, one.name, one.state.label, str(one.late_days), *(one.answers.get(of.code, "") for of in fields)]
        for one in found.targets
    ]  # fmt: skip
    return csv_file("enquiry", header, rows)


@require_POST
@or_404
def act_on_enquiry(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Remind, send back, accept, close."""
    queries.collected(uuid, as_of=japanese_date(now()))
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            done(request, _act(request, uuid, form.cleaned_data))
        except TodokeError as refusal:
            say(request, refusal)
    return redirect("board:enquiry", uuid=uuid)


def _act(request: DeskRequest, uuid: UUID, given: dict[str, str]) -> str:
    viewer, at, act = request.viewer, now(), given["act"]
    if act == "remind":
        return f"{services.remind(viewer, uuid, at=at)}団体に督促しました。"
    if act == "return":
        services.send_back(viewer, uuid, given["body"], reason=given["reason"], at=at)
        return "差し戻しました。"
    if act == "accept":
        services.accept(viewer, uuid, given["body"], at=at)
        return "回答を受け取りました。"
    services.close_enquiry(viewer, uuid, at=at)
    return "取りまとめを終えました。"


@require_safe
def questions(request: DeskRequest) -> HttpResponse:
    """What this body is asked."""
    return render(request, "board/questions.html", {"received": queries.received_enquiries()})


@or_404
def question(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One enquiry to this body, and（POST）its answer."""
    found, status = queries.received(uuid), 200
    data = {name: str(value) for name, value in request.POST.items()} if request.method == "POST" else None
    form = answer_form(found.enquiry.fields, data, found.answers)
    if data is not None and form.is_valid():
        try:
            services.answer(request.viewer, uuid, form.cleaned_data, at=now())
        except TodokeError as refusal:
            say(request, refusal)
        else:
            done(request, "回答しました。自動処理が送ります。")
        return redirect("board:questions")
    if data is not None:
        status = 422
    return render(request, "board/question.html", {"found": found, "form": form}, status=status)
