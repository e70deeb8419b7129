"""A core system that takes files by HTTP: PUT the file, PUT its `.done`, read receipts by number.

The shape is that of the sandbox（sandbox/core）: no real core system's interface is public. The default timeout of
30 s follows the API rules of 共通機能標準仕様書 別紙.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from todoke.casework.handover.errors import CoreAway, DestinationRefused, FileRefused, NameTaken, PeerRefused
from todoke.casework.handover.values import BatchFile, CoreSystemRef, LedgerRow, Receipt
from todoke.foundation import tls
from todoke.proof import strict_json
from todoke.proof.errors import JsonRefused

from . import answers

ANSWER_BYTES = 67_108_864
REFUSALS = frozenset({400, 413, 415, 422})  # of the file itself; any other failure may pass


class HttpInbox:
    """The inbox of one core system for one body. Follows no redirect and no proxy of the environment."""

    def __init__(self, system: CoreSystemRef) -> None:
        self._system = system
        self._root = system.settings.base_url.rstrip("/")
        self._open: httpx.Client | None = None

    @property
    def _client(self) -> httpx.Client:
        if self._open is None:
            wanted = self._system.settings
            try:
                context = tls.context_of(wanted.transport)
            except tls.TransportUnreadable as unreadable:
                raise PeerRefused from unreadable
            self._open = httpx.Client(
                timeout=wanted.timeout_seconds, follow_redirects=False, trust_env=False,
                verify=context,
            )  # fmt: skip
        return self._open

    def check_config(self) -> None:
        """The address is whole: http or https, a host, nothing after the path."""
        try:
            url = httpx.URL(self._root)
        except httpx.InvalidURL as wrong:
            raise DestinationRefused(where="base_url") from wrong
        if url.scheme not in {"http", "https"} or not url.host or url.query or url.fragment or url.userinfo:
            raise DestinationRefused(where="base_url")
        for missing in self._system.settings.transport.missing():
            raise DestinationRefused(where=missing)

    def send(self, file: BatchFile) -> None:
        """PUT the bytes, then the mark that they are whole."""
        inbox = f"{self._root}/inbox/{self._system.name}/{file.name}"
        self._put(f"{inbox}.csv", file.content, "text/csv")
        done = json.dumps({"rows": file.rows, "sha256": file.sha256}).encode()
        self._put(f"{inbox}.done", done, "application/json")

    def receipts(self, after: int) -> Sequence[Receipt]:
        """GET the receipts after a number."""
        document = self._get(f"/receipts/{self._system.name}", {"after": str(after)})
        return answers.in_order((answers.receipt(row) for row in _rows(document, "receipts")), after)

    def ledger(self) -> Sequence[LedgerRow]:
        """GET the whole ledger of this body; an answer that contradicts its own count is garbage."""
        document = self._get(f"/ledger/{self._system.name}", {"organisation": self._system.organisation})
        rows = [answers.ledger_row(row) for row in _rows(document, "rows")]
        if document.get("count") != len(rows):
            raise CoreAway
        return rows

    def close(self) -> None:
        """Close the sockets."""
        if self._open is not None:
            self._open.close()

    def _put(self, url: str, content: bytes, kind: str) -> None:
        try:
            answer = self._client.put(url, content=content, headers={"Content-Type": kind})
        except httpx.HTTPError as away:
            raise _away(away) from away
        if answer.status_code == httpx.codes.CONFLICT:
            raise NameTaken
        if answer.status_code in REFUSALS:
            raise FileRefused
        if not answer.is_success:
            raise CoreAway(status=answer.status_code)

    def _get(self, path: str, query: Mapping[str, str]) -> Mapping[str, Any]:
        """One JSON object, read up to a limit: the other side's bug must not fill our memory."""
        content = bytearray()
        try:
            with self._client.stream("GET", self._root + path, params=query) as answer:
                for chunk in answer.iter_bytes():
                    content += chunk
                    if len(content) > ANSWER_BYTES:
                        raise CoreAway
        except httpx.HTTPError as away:
            raise _away(away) from away
        if not answer.is_success:
            raise CoreAway(status=answer.status_code)
        return _json_object(bytes(content))


def _away(trouble: httpx.HTTPError) -> CoreAway:
    """Somebody else in the core system's place is said so, not taken for silence."""
    return PeerRefused() if tls.is_refused_peer(trouble) else CoreAway()


def _json_object(content: bytes) -> Mapping[str, Any]:
    try:
        document = strict_json.parse(content, limit=ANSWER_BYTES)
    except JsonRefused as garbage:
        raise CoreAway from garbage
    if not isinstance(document, dict):
        raise CoreAway
    return document


def _rows(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = document.get(name)
    if not isinstance(rows, list):
        raise CoreAway
    return rows
