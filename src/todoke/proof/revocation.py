"""Answers whether a certificate is revoked, from lists whose signature and freshness were checked（失効情報）.

Source: RFC 5280 §5 (lists), §5.2.5 (issuing distribution point), §5.3.1 (reasons). What cannot be known is
UNKNOWN with its reason, never GOOD. A delta only adds: what it names is revoked, what it does not name needs a whole
list. Indirect lists are not accepted.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from . import der
from .algorithms import Buffer
from .anchors import Anchor, Anchors
from .der import DerRefused, Element, Reader
from .revoked_entries import OCTETS, Entries
from .words import Word

CLOCK_TOLERANCE = timedelta(minutes=5)
_AUTHORITY_KEY = bytes.fromhex("551d23")
_NUMBER = bytes.fromhex("551d14")
_DELTA = bytes.fromhex("551d1b")
_SCOPE = bytes.fromhex("551d1c")
_FULL_NAME, _ONLY_USERS, _ONLY_AUTHORITIES = 0xA0, 0x81, 0x82


class Standing(Word):
    """What the lists say."""

    GOOD = "good", "失効していません"
    REVOKED = "revoked", "失効しています"
    UNKNOWN = "unknown", "確認できません"


class Reason(Word):
    """Why a certificate was revoked（失効理由）."""

    UNSPECIFIED = "unspecified", "理由の記載なし"
    KEY_COMPROMISE = "keyCompromise", "鍵の危殆化"
    AUTHORITY_COMPROMISE = "cACompromise", "認証局の危殆化"
    AFFILIATION_CHANGED = "affiliationChanged", "記載事項の変更"
    SUPERSEDED = "superseded", "更新・再発行"
    CESSATION_OF_OPERATION = "cessationOfOperation", "利用の終了"
    CERTIFICATE_HOLD = "certificateHold", "一時停止"
    REMOVE_FROM_LIST = "removeFromCRL", "一時停止の解除"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn", "権限の取消し"
    ATTRIBUTE_AUTHORITY_COMPROMISE = "aACompromise", "属性認証局の危殆化"


class Doubt(Word):
    """Why the lists give no answer."""

    NO_LIST = "no_list", "失効情報がありません"
    STALE = "stale", "失効情報が期限切れです"
    FUTURE = "future", "失効情報の日付が未来です"
    LIFTED = "lifted", "失効情報に、全体のリストにあるはずのない「一時停止の解除」があります"


_REASONS = dict(zip((0, 1, 2, 3, 4, 5, 6, 8, 9, 10), Reason, strict=True))


@dataclass(frozen=True, slots=True)
class ListIdentity:
    """Which list it is（失効リストの同一性）: whose, SHA-256 (hex) of its DER, its period, how many entries it has."""

    issuer_key: str
    sha256: str
    this_update: datetime
    next_update: datetime
    entries: int


@dataclass(frozen=True, slots=True)
class Revocation:
    """The answer for one certificate at one moment（失効確認の結果）.

    REVOKED has `reason` and `since` (a hold is REVOKED with CERTIFICATE_HOLD); GOOD with `since` means that it was
    revoked only after the moment asked for; UNKNOWN has `why`. `by` is the list that answered, or that could not.
    """

    standing: Standing
    reason: Reason | None = None
    since: datetime | None = None
    why: Doubt | None = None
    by: ListIdentity | None = None

    @property
    def listed_at(self) -> datetime | None:
        """The date of the list that answered."""
        return self.by.this_update if self.by and self.standing is not Standing.UNKNOWN else None

    @property
    def is_on_hold(self) -> bool:
        """Whether the certificate is only suspended, so that a person has to ask."""
        return self.standing is Standing.REVOKED and self.reason is Reason.CERTIFICATE_HOLD


@dataclass(frozen=True, slots=True)
class RevocationList:
    """One accepted list; the DER is not kept.

    `scope` holds the distribution points (DER) that a partial list covers; empty means the whole authority. A delta
    covers nothing.
    """

    identity: ListIdentity
    scope: frozenset[bytes]
    entries: Entries = field(repr=False)
    is_delta: bool = False

    @property
    def issuer_key(self) -> str:
        """The key identifier of the authority that signed it."""
        return self.identity.issuer_key

    @property
    def this_update(self) -> datetime:
        """From when it holds."""
        return self.identity.this_update

    @property
    def next_update(self) -> datetime:
        """Until when it holds."""
        return self.identity.next_update

    def entry(self, serial: bytes) -> tuple[Reason, datetime] | None:
        """Reason and date for a serial (20 octets), or None when it is not listed."""
        found = self.entries.find(serial)
        return (_REASONS.get(found.code, Reason.UNSPECIFIED), found.since) if found else None

    def covers(self, distribution_points: Iterable[bytes]) -> bool:
        """Whether the list would name a certificate with these distribution points."""
        return not self.is_delta and (not self.scope or not self.scope.isdisjoint(distribution_points))

    def doubt(self, at: datetime, now: datetime | None) -> Doubt | None:
        """Why the list must not be relied on at this moment, or None."""
        if now is not None and self.this_update > now + CLOCK_TOLERANCE:
            return Doubt.FUTURE
        return Doubt.STALE if self.next_update < (now or at) else None


class RevocationIndex:
    """All accepted lists by the key identifier of their authority; `refused` says why others were not accepted."""

    def __init__(self, lists: Iterable[RevocationList] = (), refused: Iterable[str] = ()) -> None:
        self.refused = tuple(refused)
        self._lists: dict[str, list[RevocationList]] = {}
        for each in lists:
            self._lists.setdefault(each.issuer_key, []).append(each)
        for group in self._lists.values():
            group.sort(key=lambda each: each.this_update, reverse=True)

    @property
    def lists(self) -> tuple[RevocationList, ...]:
        """Every accepted list, for those who show how old they are."""
        return tuple(each for group in self._lists.values() for each in group)

    @classmethod
    def build(cls, lists: Iterable[bytes], anchors: Anchors) -> Self:
        """Read lists in DER; one that no installed authority signed, or of a kind not accepted, is left out."""
        accepted, refused = [], []
        for each in lists:
            try:
                accepted.append(_read_list(each, anchors))
            except DerRefused as error:
                refused.append(str(error) or "structure")
        return cls(accepted, refused)

    def status(
        self,
        issuer_key: str,
        serial_hex: str,
        at: datetime,
        *,
        now: datetime | None = None,
        distribution_points: Iterable[bytes] = (),
    ) -> Revocation:
        """Whether the certificate was revoked at a moment; lists must be in force `now` (or at that moment).

        `issuer_key` and `serial_hex` as in CheckedCertificate; `distribution_points` are asked for only where an
        authority publishes its list in parts.
        """
        serial = int(serial_hex, 16).to_bytes(OCTETS, "big")
        points = tuple(distribution_points)
        good: Revocation | None = None
        unknown: Revocation | None = None
        for each in self._lists.get(issuer_key, ()):
            unreliable = each.doubt(at, now)
            entry = None if unreliable is Doubt.FUTURE else each.entry(serial)
            if entry and each.is_delta and entry[0] is Reason.REMOVE_FROM_LIST:
                continue  # whether a hold is over, the next whole list says
            if entry and not (unreliable and entry[0] is Reason.CERTIFICATE_HOLD):
                return _listed(entry, at, each.identity)
            if not each.covers(points):
                continue
            if unreliable:
                unknown = unknown or Revocation(Standing.UNKNOWN, why=unreliable, by=each.identity)
            elif good is None:
                good = Revocation(Standing.GOOD, by=each.identity)
                if not each.scope:
                    break
        return good or unknown or Revocation(Standing.UNKNOWN, why=Doubt.NO_LIST)


def revoked_authority(
    index: RevocationIndex,
    authorities: Iterable[tuple[str, str]],
    at: datetime,
    *,
    now: datetime | None = None,
) -> Revocation | None:
    """The first authority of a chain（`CheckedCertificate.authorities`）that its own authority has revoked, or None.

    An authority that no list speaks of stays as trusted as whoever installed it says.
    """
    for issuer_key, serial_hex in authorities:
        found = index.status(issuer_key, serial_hex, at, now=now)
        if found.standing is Standing.REVOKED:
            return found
    return None


def _listed(entry: tuple[Reason, datetime], at: datetime, by: ListIdentity) -> Revocation:
    """What an entry says. removeFromCRL belongs into deltas only（RFC 5280 §5.3.1）: here it answers nothing."""
    reason, since = entry
    if reason is Reason.REMOVE_FROM_LIST:
        return Revocation(Standing.UNKNOWN, reason, since, Doubt.LIFTED, by)
    standing = Standing.REVOKED if since <= at else Standing.GOOD
    return Revocation(standing, reason, since, by=by)


def _read_list(content: bytes, anchors: Anchors) -> RevocationList:
    outside = Reader(content)
    parts = outside.enter(der.SEQUENCE)
    outside.finish()
    signed_part = parts.take(der.SEQUENCE)
    algorithm = der.whole(content, parts.take(der.SEQUENCE))
    signature = der.content(content, parts.take(der.BIT_STRING))
    parts.finish()
    fields = Reader(content, signed_part)
    fields.take_if(der.INTEGER)
    if der.whole(content, fields.take(der.SEQUENCE)) != algorithm or signature[:1] != b"\0":
        raise DerRefused
    issuer = der.whole(content, fields.take(der.SEQUENCE))
    this_update = der.time(content, fields.take(der.UTC_TIME, der.GENERALIZED_TIME))
    next_update = fields.take_if(der.UTC_TIME, der.GENERALIZED_TIME)
    revoked = fields.take_if(der.SEQUENCE)
    key_id, scope, is_delta = _read_extensions(content, fields.take_if(0xA0))
    fields.finish()
    if next_update is None:
        raise DerRefused("no_next_update")
    signed = memoryview(content)[signed_part.at : signed_part.stop]  # a list may be large: no copy
    signer = _signer(anchors, issuer, key_id, (signed, algorithm, signature[1:]))
    entries = Entries.read(content, revoked, this_update)
    until, digest = der.time(content, next_update), hashlib.sha256(content).hexdigest()
    identity = ListIdentity(signer.key_id, digest, this_update, until, len(entries))
    return RevocationList(identity, scope, entries, is_delta)


def _signer(
    anchors: Anchors, issuer: bytes, key_id: str | None, signed: tuple[Buffer, bytes, bytes]
) -> Anchor:
    candidates = [
        each for each in anchors.authorities if each.subject == issuer and key_id in (None, each.key_id)
    ]
    if not candidates:
        raise DerRefused("issuer")
    for anchor in candidates:
        if anchor.signs_lists and anchor.has_signed_bytes(*signed):
            return anchor
    raise DerRefused("signature")


def _read_extensions(content: bytes, outer: Element | None) -> tuple[str | None, frozenset[bytes], bool]:
    """The authority's key identifier, the scope, and whether it is a delta; other critical extensions refuse the list."""
    key_id: str | None = None
    scope: frozenset[bytes] = frozenset()
    is_delta = False
    if outer is None:
        return key_id, scope, is_delta
    for entry in Reader(content, outer).enter(der.SEQUENCE).rest():
        fields = Reader(content, entry)
        kind = der.content(content, fields.take(der.OBJECT_IDENTIFIER))
        critical = fields.take_if(der.BOOLEAN)
        value = der.content(content, fields.take(der.OCTET_STRING))
        if kind == _AUTHORITY_KEY:
            identifier = Reader(value).enter(der.SEQUENCE).take_if(0x80)
            key_id = der.content(value, identifier).hex() if identifier else None
        elif kind == _SCOPE:
            scope = _read_scope(value)
        elif kind == _DELTA:
            is_delta = True
        elif critical is not None and kind != _NUMBER:
            raise DerRefused("extension")
    return key_id, scope, is_delta


def _read_scope(value: bytes) -> frozenset[bytes]:
    """The distribution points of a partial list; lists for some reasons, of others or of CAs only are refused."""
    names: list[bytes] = []
    for part in Reader(value).enter(der.SEQUENCE).rest():
        if part.tag == _FULL_NAME:
            full = Reader(value, part).take(_FULL_NAME)
            names.extend(der.whole(value, each) for each in Reader(value, full).rest())
        elif part.tag != _ONLY_USERS:
            raise DerRefused("scope")
    return frozenset(names)
