"""Pages that say no: what happened in one sentence, and what to do next. Never a cause that helps an attacker."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import get_template

from todoke.foundation.accounts.errors import RightMissing, TooManyUses
from todoke.foundation.errors import TodokeError
from todoke.foundation.health import StorageStalled


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusing page says: status, heading, sentence, next step, and a code to quote on the telephone."""

    status: int
    heading: str
    sentence: str
    next_step: str
    code: str = ""


BAD_REQUEST = Refusal(
    400, "送信された内容を受け取れませんでした", "内容が壊れているか、想定していない形で届きました。",
    "前の画面に戻り、もう一度入力してください。",
)  # fmt: skip
FORBIDDEN = Refusal(
    403, "この画面を開く権限がありません", "お使いの利用者には、この操作の役割が割り当てられていません。",
    "必要な場合は、利用者管理の担当者に役割の追加を依頼してください。",
)  # fmt: skip
NOT_FOUND = Refusal(
    404, "お探しの画面はありません", "アドレスが間違っているか、担当外のものか、すでになくなっています。",
    "メニューから選び直してください。",
)  # fmt: skip
STALE_FORM = Refusal(
    403, "画面の有効期限が切れました", "安全のため、古い画面や別の画面からの操作は受け付けません。何も変更していません。",
    "画面を読み込み直してから、もう一度操作してください。ブラウザのクッキーが無効の場合は有効にしてください。",
)  # fmt: skip


STATUS_OF: Mapping[type[TodokeError], HTTPStatus] = {
    RightMissing: HTTPStatus.FORBIDDEN,
    TooManyUses: HTTPStatus.TOO_MANY_REQUESTS,
    StorageStalled: HTTPStatus.SERVICE_UNAVAILABLE,
}


def _page(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render(request, "errors/refusal.html", {"refusal": refusal}, status=refusal.status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return HttpResponse(
        get_template("errors/plain.html").render({"refusal": BAD_REQUEST}), status=BAD_REQUEST.status
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403 with the right that is missing."""
    right = str(exception or "")
    sentence = f"この画面には「{right}」の権限が必要です。" if right else FORBIDDEN.sentence
    return _page(request, Refusal(403, FORBIDDEN.heading, sentence, FORBIDDEN.next_step, "ACC-001"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that is stale or not ours."""
    return _page(request, STALE_FORM)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same for what does not exist and for what is not yours."""
    return _page(request, NOT_FOUND)


def broken_promise(request: HttpRequest, broken: TodokeError) -> HttpResponse:
    """A TodokeError that no page expected: its own sentence, which says what to do."""
    status = next(
        (status for kind, status in STATUS_OF.items() if isinstance(broken, kind)), HTTPStatus.CONFLICT
    )
    return _page(request, Refusal(status, "操作を完了できませんでした", broken.for_screen(), "", broken.code))


def cannot_store() -> HttpResponse:
    """503: nothing can be kept now; nothing is asked of the database for this page."""
    refusal = Refusal(
        503, "保存できません（SYS-901）", "サーバーのディスクがいっぱいか、書込みが止まっています。この操作は行われていません。",
        "情報政策課へ「SYS-901」と伝えてください。空きができると自動で再開します。届いた申請は失われません。", "SYS-901",
    )  # fmt: skip
    page = get_template("errors/plain.html").render({"refusal": refusal})
    return HttpResponse(page, status=refusal.status, headers={"Retry-After": "60"})


def moving(request: HttpRequest) -> HttpResponse:
    """503: the body's rows are on their way to another database. What was typed comes back, ready to be sent again.

    Not passwords, codes and files: they are never sent back. Nothing is asked of the database for this page.
    """
    is_act = request.method == "POST"
    return _later(request, "データベースを移設中です", "いま、この団体の記録を別のデータベースへ移しています。" + (
        "この操作は行われていません。" if is_act else "見た記録を残せないため、画面を開けません。"
    ), 30, again=_AGAIN, wait="数分で終わります。")  # fmt: skip


def database_away(request: HttpRequest) -> HttpResponse:
    """503: the database does not answer. What was typed comes back, to be sent again once it is seen not to be done."""
    is_act = request.method == "POST"
    return _later(request, "データベースに届きません（SYS-941）", "データベースが切替え中か、止まっています。" + (
        "この操作が保存されたかは、確かめられませんでした。" if is_act else ""
    ), 10, again=_SEE_FIRST, wait="一分ほどで終わらなければ、情報政策課へ「SYS-941」と伝えてください。")  # fmt: skip


def _later(
    request: HttpRequest, heading: str, sentence: str, seconds: int, *, again: str, wait: str
) -> HttpResponse:
    """503 with a time after which to try again, and the button for it where there is something to send."""
    is_act = request.method == "POST"
    kept = _typed(request) if is_act else None
    back = "ブラウザの「戻る」で前の画面に戻ると、入力した内容が残っています。"
    once_more = "しばらくしてから、画面を読み込み直してください。"
    refusal = Refusal(503, heading, sentence, again if kept else wait + (back if is_act else once_more))
    facts = {"refusal": refusal, "kept": kept, "path": request.get_full_path(), "token": get_token(request)}
    page = get_template("errors/moving.html").render(facts)
    return HttpResponse(page, status=refusal.status, headers={"Retry-After": str(seconds)})


_AGAIN = "入力した内容は残してあります。数分で終わるので、しばらくしてから「もう一度送る」を押してください。"
_SEE_FIRST = (
    "入力した内容は残してあります。一分ほど待ち、別の画面で操作が済んでいないことを確かめてから"
    "「もう一度送る」を押してください。"
)
_NEVER_BACK = ("password", "proof", "code", "secret", "csrfmiddlewaretoken")


def _typed(request: HttpRequest) -> list[tuple[str, str]] | None:
    """The fields of a form as they were sent; None where it cannot be sent again from here."""
    if request.FILES or any(word in name for name in request.POST for word in _NEVER_BACK[:-1]):
        return None
    sent = [(name, str(value)) for name, values in request.POST.lists() for value in values]
    return [(name, value) for name, value in sent if name not in _NEVER_BACK]


def server_error(request: HttpRequest) -> HttpResponse:
    """500: needs neither database nor session."""
    refusal = Refusal(
        500, "システムの不具合で処理できませんでした", "操作は取り消され、何も変更されていません。",
        "しばらくしてからもう一度試し、続く場合は情報政策課へ時刻を伝えてください。",
    )  # fmt: skip
    return HttpResponse(get_template("errors/plain.html").render({"refusal": refusal}), status=500)
