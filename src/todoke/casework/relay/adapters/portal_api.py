"""A portal's receive interface: sign in, list by 受付日時, fetch by 受付番号（公表されている順序）; the rest is profile."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from todoke.casework.relay import rules
from todoke.casework.relay.errors import (
    FetchFailed,
    ListFailed,
    LoginRefused,
    PeerRefused,
    PortalAway,
    SettingsIncomplete,
)
from todoke.casework.relay.values import ApiProfile, ChannelProfile, ChannelRef, Listed
from todoke.foundation import tls
from todoke.foundation.errors import TodokeError
from todoke.proof import strict_json
from todoke.proof.errors import JsonRefused

log = logging.getLogger("todoke.relay")
CHUNK = 131_072
ANSWER_BYTES = 16_777_216
RENEW_BEFORE_SECONDS = 30.0
MOST_PAGES = 100_000


class PortalApi:
    """One body's access to one portal. The token is renewed on the way without losing the place in the list."""

    def __init__(self, channel: ChannelRef, profile: ChannelProfile) -> None:
        """Prepare; nothing is sent yet. Raises SettingsIncomplete."""
        if profile.api is None:
            raise SettingsIncomplete(channel=channel.name, missing="api")
        self._channel = channel
        self._profile = profile
        self._api: ApiProfile = profile.api
        self._token = ""
        self._renew_at = 0.0
        self._client = httpx.Client(
            base_url=channel.settings.base_url, timeout=self._api.timeout_seconds, follow_redirects=False,
            trust_env=False, verify=tls.context_of(channel.settings.transport), headers={"Accept-Encoding": "identity"},
        )  # fmt: skip

    def check_config(self) -> list[str]:
        """Address, provider id and password file."""
        settings, wrong = self._channel.settings, []
        if urlsplit(settings.base_url).scheme not in {"http", "https"}:
            wrong.append("ポータルのアドレス（base_url）がありません。")
        if not settings.provider_id:
            wrong.append("ポータルの利用者ID（provider_id）がありません。")
        if not Path(settings.password_file or "-").is_file():
            wrong.append("ポータルのパスワードファイル（password_file）がありません。")
        wrong += [f"通信用の証明書（{name}）がありません。" for name in settings.transport.missing()]
        return wrong

    def pages(self, since: datetime, until: datetime) -> Iterator[list[Listed]]:
        """The list, page by page; a row without a sound 受付番号 or 受付日時 fails the list at its end."""
        names, is_sound = self._api.list, True
        number = pages = 1
        while number <= min(pages, MOST_PAGES):
            query = {names.since: since.isoformat(), names.until: until.isoformat(), names.page: str(number)}
            rows, pages = rules.page_of(self._listing(names.path, query), names)
            read = [self._row(row) for row in rows]
            is_sound = is_sound and None not in read
            yield [one for one in read if one is not None]
            number += 1
        if not is_sound:
            raise ListFailed(reason="row")

    def _row(self, row: Mapping[str, Any]) -> Listed | None:
        """One row of the list, with the verification result that it brings where the profile says where it stands."""
        listed = rules.listed_row(row, self._api.list, self._profile.receipt_pattern)
        if listed is None or self._api.check is None:
            return listed
        return replace(
            listed, check=rules.recorded_check(row, self._api.check, rules.source_of(self._profile))
        )

    def _listing(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            for attempt in (1, 2):
                answer = self._client.get(path, params=query, headers=self._headers(anew=attempt == 2))
                if answer.status_code != self._api.expired_status:
                    break
        except httpx.RequestError as trouble:
            raise _away_or(ListFailed(reason="transport"), trouble) from trouble
        if answer.status_code != httpx.codes.OK:
            raise ListFailed(status=answer.status_code)
        return _json(answer, ListFailed(reason="json"))

    @contextmanager
    def fetch(self, listed: Listed) -> Iterator[Iterator[bytes]]:
        """Stream one package; the declared sizes (list and Content-Length) must be what comes."""
        path = self._api.fetch_path.format(receipt_number=listed.receipt_number)
        query = {}
        if self._api.fetch_received_at and listed.received_at is not None:
            query[self._api.fetch_received_at] = listed.received_at.isoformat()
        try:
            for attempt in (1, 2):
                with self._client.stream(
                    "GET", path, params=query, headers=self._headers(anew=attempt == 2)
                ) as answer:
                    if answer.status_code == self._api.expired_status and attempt == 1:
                        continue
                    if answer.status_code != httpx.codes.OK:
                        raise FetchFailed(status=answer.status_code)
                    yield self._body(answer, listed)
                    return
        except httpx.RequestError as trouble:
            raise _away_or(FetchFailed(reason="transport"), trouble) from trouble

    def _body(self, answer: httpx.Response, listed: Listed) -> Iterator[bytes]:
        """The chunks, refused when they come too slowly, break off, or are not what was declared."""
        started, total = time.monotonic(), 0
        try:
            for chunk in rules.chunks_within_declared(answer.iter_raw(CHUNK), listed.size):
                total += len(chunk)
                allowed = self._api.timeout_seconds + total / self._api.slowest_bytes_per_second
                if time.monotonic() - started > allowed:
                    raise FetchFailed(reason="slow")
                yield chunk
        except httpx.RequestError as trouble:
            raise FetchFailed(reason="cut") from trouble
        except ValueError as differs:
            raise FetchFailed(reason="size") from differs

    def _headers(self, *, anew: bool) -> Mapping[str, str]:
        if anew or not self._token or time.monotonic() >= self._renew_at:
            self._sign_in()
        return {
            self._api.token_header: self._token,
            self._api.provider_header: self._channel.settings.provider_id,
        }

    def _sign_in(self) -> None:
        login, settings = self._api.login, self._channel.settings
        try:
            password = Path(settings.password_file).read_text(encoding="utf-8").strip()
        except OSError as missing:
            raise SettingsIncomplete(channel=self._channel.name, missing="password_file") from missing
        body = rules.login_body(login, provider=settings.provider_id, password=password)
        try:
            answer = self._client.post(login.path, json=body)
        except httpx.RequestError as trouble:
            raise _away_or(PortalAway(), trouble) from trouble
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise PortalAway(status=answer.status_code)
        document = _json(answer, LoginRefused()) if answer.status_code == httpx.codes.OK else {}
        token, seconds = rules.dig(document, login.token), rules.dig(document, login.expires_in)
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise LoginRefused(status=answer.status_code)
        self._token = token
        lasts = float(seconds) if isinstance(seconds, int | float) else 0.0
        self._renew_at = time.monotonic() + max(lasts - RENEW_BEFORE_SECONDS, lasts / 2)

    def label(self, listed: Listed) -> str:
        """Nothing: the portal sends no file name that we would trust."""
        return ""

    def stored(self, listed: Listed) -> None:
        """Nothing is told to the portal."""

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _json(answer: httpx.Response, refusal: ListFailed | LoginRefused) -> Mapping[str, Any]:
    try:
        document = strict_json.parse(answer.content, limit=ANSWER_BYTES)
    except JsonRefused:
        document = None
    if not isinstance(document, dict):
        raise refusal
    return document


def _away_or(refusal: TodokeError, trouble: httpx.RequestError) -> TodokeError:
    """Nobody there at all, or somebody else, is another thing than a request that went wrong."""
    if tls.is_refused_peer(trouble):
        log.warning("relay.peer_refused", extra={"error": type(trouble).__name__})
        return PeerRefused()
    return PortalAway() if isinstance(trouble, httpx.ConnectError | httpx.ConnectTimeout) else refusal
