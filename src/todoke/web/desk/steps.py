"""「はじめの手順」: what an installation still lacks before the first application reaches the desk."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from todoke.casework.identify import queries as identify
from todoke.casework.relay import queries as relay
from todoke.foundation.organisations.values import OrganisationKind
from todoke.web.desk import rights
from todoke.web.shared.requests import DeskRequest

CERTIFICATES = ("*.pem", "*.cer", "*.crt", "*.der")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: whether it is done, what it is, why, and the page where it is done (empty: on the server)."""

    words: str
    is_done: bool
    why: str
    now: str
    page: str = ""
    button: str = ""


def steps(request: DeskRequest, kind: OrganisationKind) -> list[Step]:
    """The steps in their order; a button only where the person may open the page."""
    found = [_trust(), _channel(), _first_package()]
    if kind is not OrganisationKind.PREFECTURE:  # a prefecture has no register to look the applicant up in
        found.insert(2, _links())
    return [one if _may(request, one) else Step(one.words, one.is_done, one.why, one.now) for one in found]


def _may(request: DeskRequest, step: Step) -> bool:
    return bool(step.page) and rights.is_met(rights.need_of(step.page), request.viewer)


def anchors() -> list[Path]:
    """The certificate files in the trust folder."""
    folder = Path(settings.TODOKE_TRUST_DIR)
    return sorted(path for pattern in CERTIFICATES for path in folder.glob(pattern))


def _trust() -> Step:
    count = len(anchors())
    return Step(
        "トラストアンカー（認証局の証明書）を置く", count > 0,
        "電子署名を検証するために使います。ここにない認証局の署名は受け付けません。",
        f"{settings.TODOKE_TRUST_DIR} に {count} 件あります。" if count
        else f"サーバーの {settings.TODOKE_TRUST_DIR} に、認証局の証明書（.pem など）と失効リスト（.crl）を置いてください。",
    )  # fmt: skip


def _channel() -> Step:
    channels = relay.channels()
    names = "、".join(f"{one.name}（{one.kind.label}）" for one in channels)
    return Step(
        "受付経路を決める", bool(channels), "申請データがどこから届くかを登録します。手作業の取込だけでも始められます。",
        f"登録済み: {names}" if names else "まだ登録されていません。", "channels", "受付経路を登録する",
    )  # fmt: skip


def _links() -> Step:
    is_loaded = bool(identify.current_generations())
    return Step(
        "番号紐付情報を取り込む", is_loaded,
        "利用者証明用電子証明書の発行番号から宛名番号を特定するために使います。なければ、すべて未特定になります。",
        "取込済みです。" if is_loaded else "まだ取り込まれていません。", "links", "番号紐付情報を取り込む",
    )  # fmt: skip


def _first_package() -> Step:
    count = sum(relay.counts().values())
    return Step(
        "最初の申請データを取り込む", count > 0, "ポータルから保存したZIPを一つ取り込み、一覧に出ることを確かめます。",
        f"{count} 件を受信しています。" if count else "まだ受信していません。", "import", "申請データを取り込む",
    )  # fmt: skip
