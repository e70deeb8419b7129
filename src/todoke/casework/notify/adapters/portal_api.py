"""Registering a status at a portal: sign in as the relay's profile says, post, renew the token when it has expired."""

import time
from collections.abc import Mapping
from typing import Any

import httpx

from todoke.casework.notify import rules
from todoke.casework.notify.errors import NoticeTrouble, PortalAway
from todoke.casework.notify.values import NotTaken, Registered, StatusApi
from todoke.casework.relay import queries as relay
from todoke.casework.relay.errors import SettingsIncomplete
from todoke.casework.relay.values import ApiProfile, ChannelRef
from todoke.foundation import tls
from todoke.proof import strict_json
from todoke.proof.errors import JsonRefused

RENEW_BEFORE_SECONDS = 30.0
ANSWER_BYTES = 1_048_576


class PortalStatuses:
    """One body's access to the status register of one portal."""

    def __init__(self, channel: ChannelRef, receive: ApiProfile, statuses: StatusApi) -> None:
        """Prepare; nothing is sent yet. Signing in is the receive interface's, so its profile says how."""
        self._channel = channel
        self._receive = receive
        self._statuses = statuses
        self._token = ""
        self._renew_at = 0.0
        try:
            context = tls.context_of(channel.settings.transport)
        except tls.TransportUnreadable as unreadable:
            raise PortalAway from unreadable
        self._client = httpx.Client(
            base_url=channel.settings.base_url, timeout=receive.timeout_seconds, follow_redirects=False,
            trust_env=False, verify=context,
        )  # fmt: skip

    def register(self, *, receipt_number: str, code: str, message: str, key: str) -> Registered | NotTaken:
        """Post one status, once more with a new token when the first has expired."""
        body = rules.request_body(
            self._statuses, receipt_number=receipt_number, code=code, message=message, key=key
        )
        answer = self._post(body, anew=False)
        if answer.status_code == self._receive.expired_status:
            answer = self._post(body, anew=True)
        if answer.status_code == self._receive.expired_status:
            raise PortalAway(status=answer.status_code)
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise NoticeTrouble(status=answer.status_code)
        return rules.read_answer(self._statuses, _json(answer), is_success=answer.is_success)

    def _post(self, body: Mapping[str, str], *, anew: bool) -> httpx.Response:
        headers = self._headers(anew=anew)
        try:
            return self._client.post(self._statuses.path, json=dict(body), headers=headers)
        except httpx.RequestError as away:
            raise PortalAway from away

    def _headers(self, *, anew: bool) -> Mapping[str, str]:
        if anew or not self._token or time.monotonic() >= self._renew_at:
            self._sign_in()
        provider = self._channel.settings.provider_id
        return {self._receive.token_header: self._token, self._receive.provider_header: provider}

    def _sign_in(self) -> None:
        login = self._receive.login
        try:
            answer = self._client.post(login.path, json=dict(relay.sign_in_body(self._channel, login)))
        except (SettingsIncomplete, httpx.RequestError) as away:
            raise PortalAway from away
        document = _json(answer) if answer.is_success else {}
        token, seconds = rules.dig(document, login.token), rules.dig(document, login.expires_in)
        if not isinstance(token, str) or not token:
            raise PortalAway(status=answer.status_code)
        self._token = token
        lasts = float(seconds) if isinstance(seconds, int | float) else 0.0
        self._renew_at = time.monotonic() + max(lasts - RENEW_BEFORE_SECONDS, lasts / 2)

    def close(self) -> None:
        """Close the sockets."""
        self._client.close()


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        document = strict_json.parse(answer.content, limit=ANSWER_BYTES)
    except JsonRefused as garbage:
        raise NoticeTrouble(status=answer.status_code) from garbage
    if not isinstance(document, dict):
        raise NoticeTrouble(status=answer.status_code)
    return document
