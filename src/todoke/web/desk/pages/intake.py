"""Bringing things in: packages downloaded from the portal by hand, number links, channels."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from todoke.casework.identify import queries as identify
from todoke.casework.identify import services as identify_services
from todoke.casework.identify.errors import HeaderWrong, LoadTakenOver
from todoke.casework.identify.values import LoadKind, LoadOptions, LoadReport
from todoke.casework.relay import queries as relay
from todoke.casework.relay import services as relay_services
from todoke.casework.relay.errors import ProfileInvalid
from todoke.casework.relay.values import ChannelKind, ChannelSettings
from todoke.casework.residents import queries as residents
from todoke.casework.residents import services as resident_services
from todoke.casework.residents.errors import LoadTakenOver as RecordsTakenOver
from todoke.casework.residents.values import RESIDENTS
from todoke.foundation import fence
from todoke.foundation.calendars.queries import now
from todoke.foundation.transport import Transport
from todoke.web.desk import by_hand
from todoke.web.desk.forms.intake import ChannelForm, ImportForm, LinksForm, RecordsForm
from todoke.web.desk.uploads import laid_down
from todoke.web.shared.requests import DeskRequest, actor_of


def import_packages(request: DeskRequest) -> HttpResponse:
    """Take ZIPs in; a few of them are processed while the person waits."""
    with fence.scope(request.viewer.organisation, read_only=True):
        channels = relay.channels()
    form = ImportForm(request.POST or None, request.FILES or None, channels=channels)
    outcomes: list[by_hand.FileOutcome] = []
    if request.method == "POST" and form.is_valid():
        channel = next(one for one in channels if one.name == form.cleaned_data["channel"])
        outcomes = by_hand.take_in(
            form.cleaned_data["packages"], channel, viewer=request.viewer, actor=actor_of(request), at=now()
        )
    facts = {"form": form, "channels": channels, "outcomes": outcomes, "at_once": by_hand.AT_ONCE}
    return render(request, "desk/import.html", facts, status=422 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class LoadWords:
    """What the page of a load says: of what, what for, and what it means that there is none."""

    title: str
    lead: str
    none: str
    carries: bool = False


LINKS = LoadWords(
    "番号紐付情報",
    "利用者証明用電子証明書の発行番号と、この団体の番号（宛名番号など）の対応です。取込み中も、今の情報で特定を続けます。",
    "まだ取り込まれていません。取り込むまで、申請者はすべて未特定になります。",
    carries=True,
)
RECORDS = LoadWords(
    "住民記録の写し",
    "発行番号で見つけた番号が本人のものかを照らし合わせ、候補を探すための写しです。なくても動きます（照合先なしと示します）。",
    "まだ取り込まれていません。照合はすべて「照合先なし」になります。",
)


def links(request: DeskRequest) -> HttpResponse:
    """Load number links; the former ones count until the new ones are all there."""
    form = LinksForm(request.POST or None, request.FILES or None)
    report = _loaded(request, form, identify_services.load_links, LoadOptions())
    with fence.scope(request.viewer.organisation, read_only=True):
        facts = {"form": form, "report": report, "words": LINKS, "generations": identify.generations()[:20]}
        return render(request, "desk/links.html", facts, status=422 if form.errors else 200)


def resident_records(request: DeskRequest) -> HttpResponse:
    """Load a copy of resident records; the former one counts until the new one is all there."""
    form = RecordsForm(request.POST or None, request.FILES or None)
    report = _loaded(request, form, resident_services.load_residents, RESIDENTS)
    with fence.scope(request.viewer.organisation, read_only=True):
        facts = {
            "form": form,
            "report": report,
            "words": RECORDS,
            "generations": residents.generations()[:20],
        }
        return render(request, "desk/links.html", facts, status=422 if form.errors else 200)


def _loaded(
    request: DeskRequest, form: LinksForm, load: Callable[..., LoadReport], options: LoadOptions
) -> LoadReport | None:
    """The report of the load that was asked for; what is wrong with the file is said beside it."""
    if request.method != "POST" or not form.is_valid():
        return None
    typed = form.cleaned_data
    try:
        with laid_down([typed["file"]]) as (path,):
            return load(
                request.viewer.organisation, path, kind=LoadKind(typed["kind"]), actor=actor_of(request), at=now(),
                options=replace(options, allow_bad_rows=typed["allow_bad_rows"]),
            )  # fmt: skip
    except (HeaderWrong, LoadTakenOver, RecordsTakenOver) as refusal:
        form.add_error("file", refusal.for_screen())
    return None


def channels(request: DeskRequest) -> HttpResponse:
    """The ways by which packages arrive, and a new one."""
    form = ChannelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _register(request, form)
        except ProfileInvalid as invalid:
            form.add_error("profile", invalid.for_screen())
        else:
            messages.success(
                request, f"受付経路「{form.cleaned_data['name']}」を登録しました。", extra_tags="good"
            )
            return redirect("desk:channels")
    facts = {"form": form, "channels": relay.channels(), "runs": relay.last_runs()}
    return render(request, "desk/channels.html", facts, status=422 if form.errors else 200)


def _register(request: DeskRequest, form: ChannelForm) -> None:
    typed = form.cleaned_data
    relay_services.register_channel(
        typed["name"], kind=ChannelKind(typed["kind"]), profile=typed["profile"], layout=typed["layout"],
        settings=ChannelSettings(
            base_url=typed["base_url"], provider_id=typed["provider_id"], password_file=typed["password_file"],
            folder=typed["folder"],
            transport=Transport(typed["authority_file"], typed["certificate_file"], typed["key_file"]),
        ),
        actor=actor_of(request), at=now(),
    )  # fmt: skip
