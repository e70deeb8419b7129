"""What became of the sample applications: counted by the same questions that the desk asks, over every body."""

import re
from collections import Counter
from collections.abc import Mapping

from rich.table import Table

from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import HandoverProgress
from todoke.casework.handover import queries as handover
from todoke.casework.identify.values import IdentityState
from todoke.casework.intake import queries as intake
from todoke.casework.intake.values import DuplicateKind
from todoke.casework.notify import queries as notify
from todoke.casework.relay import queries as relay
from todoke.casework.relay.values import PackageState
from todoke.foundation.errors import SENTENCES
from todoke.foundation.fence import scope
from todoke.foundation.organisations.queries import organisations

PLACE = re.compile(r"[（「][^（「]*\{[a-z]+\}[^）」]*[）」]")  # 「（{where}）」
Summary = dict[str, int | dict[str, int]]  # the shape of summary.json
IDENTITIES = ("matched", "renewed", "unknown", "conflict", "not_asked")
WORDS: Mapping[str, str] = {
    "received": "受信", "accepted": "受理", "quarantined": "隔離", "pending": "保留（開封前後）", "identified": "申請者特定",
    "opened": "窓口に登録", "handed_over": "基幹へ引渡し", "receipted": "基幹が受領", "refused": "基幹が拒否",
    "held": "引渡し保留", "answered": "ポータルへ回答", "to_type": "手入力待ち", "duplicates": "重複・再申請",
}  # fmt: skip
CODES: Mapping[str, str] = {
    **{state.value: state.label for state in IdentityState},
    **{kind.value: kind.label for kind in DuplicateKind},
}


def count() -> Summary:
    """The summary over every body of this installation; the keys are those of the samples' truth."""
    total: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = {
        name: Counter() for name in ("quarantined", "pending", "identified", "refused", "held", "duplicates")
    }
    for body in organisations():
        with scope(body.code, read_only=True):
            _packages(total, parts)
            _cases(total, parts)
    identified = {name: parts["identified"].get(name, 0) for name in IDENTITIES}
    by_code = {name: dict(sorted(counter.items())) for name, counter in parts.items()}
    plain = ("received", "accepted", "opened", "handed_over", "receipted", "answered", "to_type")
    return {**{name: total[name] for name in plain}, **by_code, "identified": identified}


def _packages(total: Counter[str], parts: dict[str, Counter[str]]) -> None:
    for (state, code), number in relay.counts().items():
        total["received"] += number
        if state is PackageState.ACCEPTED:
            total["accepted"] += number
        else:
            parts[state.value][code] += number
    for kind, number in intake.counts_by_duplicate().items():
        if kind is not DuplicateKind.NONE:
            parts["duplicates"][kind.value] += number


def _cases(total: Counter[str], parts: dict[str, Counter[str]]) -> None:
    for identity, number in cases.counts_by_identity().items():
        total["opened"] += number
        parts["identified"][identity.value] += number
    progress = cases.counts_by_handover()
    total["receipted"] += progress.get(HandoverProgress.RECEIPTED, 0)
    total["handed_over"] += sum(
        progress.get(one, 0)
        for one in (HandoverProgress.SENT, HandoverProgress.RECEIPTED, HandoverProgress.REFUSED)
    )
    parts["held"].update(cases.counts_by_hold())
    parts["refused"].update(handover.counts().refused)
    answered, to_type = notify.first_notices()
    total["answered"] += answered
    total["to_type"] += to_type


def table(summary: Summary) -> Table:
    """The summary as a person reads it."""
    sheet = Table(title="架空の申請の行方", show_lines=False)
    sheet.add_column("段階")
    sheet.add_column("件数", justify="right")
    sheet.add_column("内訳", overflow="fold")
    for name, word in WORDS.items():
        value = summary[name]
        if isinstance(value, int):
            sheet.add_row(word, f"{value}")
            continue
        sheet.add_row(word, f"{sum(value.values())}")
        for code, number in value.items():
            sheet.add_row("", f"[dim]{number}[/]", f"[dim]{code} {_meaning(code)}[/]".replace(" [/]", "[/]"))
    return sheet


def _meaning(code: str) -> str:
    """The first sentence of a code, without the place that only a single package has."""
    return CODES.get(code, PLACE.sub("", SENTENCES.get(code, "").split("。")[0]))
