"""When a report is due, and what each figure means: a table of lines, red where somebody has to act."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

from .values import DailyReport, Figures, ReportLine, Tone

MORNING = time(7, 0)
SEAL_LIMIT = timedelta(minutes=10)  # as the alert of the same name


def is_due(at: datetime, *, zone: tzinfo, is_open: Callable[[date], bool]) -> date | None:
    """The working day whose report is due now: from seven o'clock on; None before, and on days without a counter."""
    here = at.astimezone(zone)
    return here.date() if here.time() >= MORNING and is_open(here.date()) else None


def since_of(
    day: date, *, zone: tzinfo, is_open: Callable[[date], bool], reported: date | None = None
) -> datetime:
    """Where the time that a day's report covers begins: the morning of the working day before, weekends included.

    After days on which nothing worked it is the morning of the last day that was `reported`: no arrival falls between.
    """
    before = day - timedelta(days=1)
    while not is_open(before):
        before -= timedelta(days=1)
    return datetime.combine(min(before, reported or before), MORNING, zone)


def lines_of(report: DailyReport, *, moment: Callable[[datetime], str]) -> list[ReportLine]:
    """The lines of a report; `moment` puts a moment into words."""
    one = report.figures
    unsealed = one.unsealed is not None and report.made_at - one.unsealed > SEAL_LIMIT
    return [
        ReportLine("届いた申請", _count(one.received), Tone.GOOD),
        ReportLine("うち受け付けた", _count(one.accepted), Tone.GOOD),
        _line("うち隔離した", one.quarantined, Tone.LOOK, "「隔離」で理由を確かめてください。"),
        _line("確認待ち", one.pending, Tone.LOOK, "「確認待ち」で、待っている理由を確かめてください。"),
        _line("引渡しを保留中", one.held, Tone.LOOK, "「申請一覧」の保留を確かめてください。"),
        _line("処理の期限を過ぎた", one.overdue, Tone.RED, "担当課で期限の過ぎた申請から処理してください。"),
        ReportLine("最も古い未完了の申請", moment(one.oldest) if one.oldest else "なし", Tone.GOOD),
        _line("引渡しが止まっている", one.parked_handovers, Tone.RED, "「稼働状況」で原因を確かめ、再処理してください。"),
        _line("基幹が受け付けなかった", one.refused, Tone.RED, "「申請一覧」で基幹の返した理由を確かめてください。"),
        _line("基幹の台帳との不一致", one.differing, Tone.RED, "「基幹との突合」で確かめてください。自動では直しません。"),
        _line("送れなかった通知", one.unsent, Tone.RED, "「稼働状況」で原因を確かめ、再処理してください。"),
        _line("手入力を待つ処理状況", one.to_type, Tone.LOOK, "「処理状況の手入力」から入力してください。"),
        ReportLine(
            "監査証跡の封印待ち", moment(one.unsealed) + "から" if one.unsealed and unsealed else "なし",
            Tone.RED if unsealed else Tone.GOOD,
            "自動処理（封印）が動いているか、情報政策課が確かめてください。" if unsealed else "",
        ),
    ]  # fmt: skip


def _count(number: int) -> str:
    return f"{number:,}件"


def _line(words: str, number: int, tone: Tone, advice: str) -> ReportLine:
    return ReportLine(words, _count(number), tone if number else Tone.GOOD, advice if number else "")


def tone_of(lines: list[ReportLine]) -> Tone:
    """The worst of its lines."""
    tones = {one.tone for one in lines}
    return Tone.RED if Tone.RED in tones else Tone.LOOK if Tone.LOOK in tones else Tone.GOOD


def text_of(title: str, lines: list[ReportLine]) -> str:
    """The report as plain text, for a file or a mail."""
    head = [title, f"判定: {tone_of(lines).label}", ""]
    body = [f"{'' if one.tone is Tone.GOOD else '●'}{one.words}: {one.figure}" for one in lines]
    todo = [f"  {one.words}: {one.advice}" for one in lines if one.advice]
    return "\n".join([*head, *body, *(["", "すること", *todo] if todo else []), ""])


def as_document(figures: Figures) -> dict[str, str | int | None]:
    """The figures as JSON holds them."""
    found = {name: getattr(figures, name) for name in Figures.__slots__}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()
    }


def figures_of(document: Mapping[str, str | int | None]) -> Figures:
    """What `as_document` wrote."""
    moments = {"oldest", "unsealed"}
    found = {
        name: datetime.fromisoformat(str(value)) if name in moments and value else value
        for name, value in document.items()
    }
    return Figures(**found)  # type: ignore[arg-type]  # the names and types of as_document
