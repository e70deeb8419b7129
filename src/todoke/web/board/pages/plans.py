"""Plans: the list, the wizard, one plan with its items, one item, and what undoes a change."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.errors import TodokeError
from todoke.programme.plans import queries, services
from todoke.programme.plans.values import EditConflict, EditResult, SetupStep
from todoke.web.board import item_view, plans_view, setup_view, undoing
from todoke.web.board.finding import done, or_404, say
from todoke.web.board.forms.parts import EvidenceForm
from todoke.web.board.forms.plans import ItemForm, LocalItemForm, PlanForm, StartForm
from todoke.web.board.tables import csv_file
from todoke.web.shared.paging import after_of
from todoke.web.shared.requests import DeskRequest, terminal_of, typed_text


@require_safe
def plans(request: DeskRequest) -> HttpResponse:
    """Every plan of the body, and those that are being set up."""
    return render(request, "board/plans.html", {"view": plans_view.plans_view(request.viewer)})


def new_plan(request: DeskRequest) -> HttpResponse:
    """Choose a guideline and a name; a draft begins."""
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind, edition = form.offered[form.cleaned_data["source"]]
        draft = services.start_setup(
            request.viewer,
            kind,
            edition,
            title=form.cleaned_data["title"],
            at=now(),
            terminal=terminal_of(request),
        )
        return redirect("board:set-up-plan", uuid=draft.uuid)
    return render(request, "board/new_plan.html", {"form": form}, status=422 if form.errors else 200)


@or_404
def set_up_plan(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One step of the wizard（?step=…）; whatever is typed is kept, right or wrong."""
    draft = queries.draft(uuid)
    if draft.plan is not None:
        return redirect("board:plan", uuid=draft.plan)
    if request.method == "POST":
        return _answered(request, uuid)
    view = setup_view.setup_view(uuid, request.GET.get("step", ""))
    return render(request, "board/set_up_plan.html", {"view": view})


def _answered(request: DeskRequest, uuid: UUID) -> HttpResponse:
    step = setup_view.step_in(uuid, request.POST.get("step", ""))
    given = setup_view.given_in(uuid, step, request.POST)
    draft = services.answer_setup(
        request.viewer, uuid, step, given=given, at=now(), terminal=terminal_of(request)
    )
    act = request.POST.get("act", "")
    if act == "later":
        done(request, f"「{draft.title}」を作りかけのまま保存しました。計画の一覧から続けられます。")
        return redirect("board:plans")
    if act == "make":
        return _made(request, uuid, step)
    view = setup_view.setup_view(uuid, "")
    is_wrong = view.step is step and bool(view.faults)
    return render(request, "board/set_up_plan.html", {"view": view}, status=422 if is_wrong else 200)


def _made(request: DeskRequest, uuid: UUID, step: SetupStep) -> HttpResponse:
    try:
        plan = services.complete_setup(request.viewer, uuid, at=now(), terminal=terminal_of(request))
    except TodokeError as refusal:
        say(request, refusal)
        view = setup_view.setup_view(uuid, step.value)
        return render(request, "board/set_up_plan.html", {"view": view}, status=422)
    done(request, f"「{plan.title}」を作りました。取組の担当課と期日を確かめ、違うところを直してください。")
    return redirect("board:plan", uuid=plan.uuid)


@require_safe
@or_404
def plan(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The items of a plan as a table, under its filters."""
    wanted = plans_view.narrowing(request.GET)
    view = plans_view.plan_view(request.viewer, uuid, wanted, after_of(request))
    return render(request, "board/plan.html", {"view": view})


@require_safe
@or_404
def plan_csv(request: DeskRequest, uuid: UUID) -> HttpResponseBase:
    """The same items as a table for spreadsheets."""
    rows = plans_view.item_rows(uuid, plans_view.narrowing(request.GET))
    return csv_file(f"取組一覧_{japanese_date(now()).isoformat()}", plans_view.HEADER, rows)


@or_404
def edit_plan(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """The name, vision and principles of a plan; closing it."""
    found = queries.plan(uuid)
    form = PlanForm(request.POST or None, initial=item_view.plan_fields(found))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.edit_plan(
                request.viewer, uuid, version=given["version"], title=given["title"], vision=given["vision"],
                principles=given["principles"].splitlines(), at=now(), terminal=terminal_of(request),
            )  # fmt: skip
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "計画を変えました。")
            return redirect("board:plan", uuid=uuid)
    status = 422 if form.errors else 200
    return render(request, "board/edit_plan.html", {"plan": found, "form": form}, status=status)


@require_POST
@or_404
def close_plan(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Close a plan today; it stays readable."""
    try:
        services.close_plan(
            request.viewer, uuid, version=queries.plan(uuid).version, on=japanese_date(now()), at=now(),
            terminal=terminal_of(request),
        )  # fmt: skip
        done(request, "計画を終了しました。一覧の「終了した計画」から見られます。")
    except TodokeError as refusal:
        say(request, refusal)
    return redirect("board:plans")


@require_safe
@or_404
def plan_item(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """One item: what it is, its form, what was reported and changed."""
    return _item_page(request, uuid, None)


def _item_page(
    request: DeskRequest,
    uuid: UUID,
    form: ItemForm | None,
    conflict: EditConflict | None = None,
    status: int = 200,
) -> HttpResponse:
    view = plans_view.item_view(request.viewer, uuid)
    facts = {
        "view": view, "form": form or ItemForm(view.item), "clashes": item_view.clashes_of(conflict), "evidence": EvidenceForm(),
    }  # fmt: skip
    return render(request, "board/plan_item.html", facts, status=status)


def edited(request: DeskRequest, uuid: UUID, form: ItemForm) -> EditResult | None:
    """What became of an edit; None where nothing was written, and the form says why."""
    if not form.is_valid():
        return None
    try:
        return services.edit_item(
            request.viewer, uuid, version=form.cleaned_data["version"], typed=form.typed(), seen=form.typed("seen-"),
            at=now(), terminal=terminal_of(request),
        )  # fmt: skip
    except TodokeError as refusal:
        form.add_error(None, refusal.for_screen())
        return None


@require_POST
@or_404
def edit_item(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Change an item; where somebody else was faster, both values are shown and nothing typed is lost."""
    form = ItemForm(queries.item(uuid), request.POST)
    result = edited(request, uuid, form)
    if result is None:
        return _item_page(request, uuid, form, status=422)
    if isinstance(result, EditConflict):
        return _item_page(request, uuid, item_view.typed_again(result), result, status=409)
    done(request, "変えました。" if result.change else "変わったところはありません。")
    return redirect("board:plan-item", uuid=uuid)


@or_404
def new_item(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Add an item of the body's own."""
    found = queries.plan(uuid)
    form = LocalItemForm(
        request.POST or None, initial={"label": typed_text(request.GET.get("label", ""), 200)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            item = services.add_item(
                request.viewer, uuid, typed=form.typed(), at=now(), terminal=terminal_of(request)
            )
        except TodokeError as refusal:
            form.add_error(None, refusal.for_screen())
        else:
            done(request, "取組を加えました。")
            return redirect("board:plan-item", uuid=item.uuid)
    facts = {"plan": found, "form": form}
    return render(request, "board/new_item.html", facts, status=422 if form.errors else 200)


@require_POST
@or_404
def undo_change(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Take one's own last change of a plan back（act=redo: take the taking back back）."""
    turn = services.redo_change if request.POST.get("act") == "redo" else services.undo_change
    try:
        turn(request.viewer, uuid, at=now(), terminal=terminal_of(request))
        done(request, "元に戻しました。" if turn is services.undo_change else "やり直しました。")
    except TodokeError as refusal:
        say(request, refusal)
    return undoing.way_back(uuid, request.POST)


@require_safe
@or_404
def plan_changes(request: DeskRequest, uuid: UUID) -> HttpResponse:
    """Who changed what in a plan, the latest first."""
    entries = queries.changes(uuid, by=str(request.viewer.staff_id))
    facts = {
        "plan": queries.plan(uuid),
        "lines": item_view.named(entries),
        "can_undo": any(one.can_undo for one in entries),
    }
    return render(request, "board/plan_changes.html", facts)
