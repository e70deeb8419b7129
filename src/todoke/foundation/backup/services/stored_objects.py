"""Originals in S3-compatible storage: copied in bundles, or listed where the bucket keeps every version; and back.

Objects never change. So an earlier set's bundle stays right, and a set needs only the objects that came since. A
bundle is their stored（already encrypted）bytes one after the other, encrypted once more for who restores.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings

from todoke.foundation import durable, objects
from todoke.foundation.backup import queries
from todoke.foundation.backup.errors import BucketMissing, BytesMissing, NoRoom, NoVersions, PieceDamaged
from todoke.foundation.backup.rules import coverage
from todoke.foundation.backup.values import Bundle, Manifest, StoredFile
from todoke.foundation.vault.queries import object_key

from . import streams
from .drafts import Draft, Tell, size_of
from .places import LISTING, PIECES, path_of

BUNDLE_BYTES = 268_435_456
Place = tuple[str, str]
Listed = dict[Place, tuple[int, str]]


def keep(
    draft: Draft, needed: Mapping[Place, int], *, is_full: bool
) -> tuple[tuple[Bundle, ...], StoredFile | None]:
    """What keeps these objects（body and name, with their stored bytes）: bundles, or the list of their versions.

    Raises NoVersions, BytesMissing, NoRoom, StorageAway.
    """
    if not needed:
        return (), None
    if settings.TODOKE_BACKUP_OBJECTS == "versions":
        return (), _listed(draft, needed)
    known = [] if is_full else coverage.useful(_known(draft.places.sets), needed)
    left = coverage.missing_objects(known, needed)
    fresh = [_bundle(draft, body, some) for body, some in _portions(left)]
    return (*known, *fresh), None


def _known(sets: Path) -> list[Bundle]:
    found = {one.file.name: one for manifest in queries.manifests_of(sets) for one in manifest.bundles}
    return [one for name, one in found.items() if size_of(sets / name) == one.file.size]


def _portions(left: Mapping[Place, int]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Objects of one body each, together as large as a bundle becomes."""
    body, some, total = "", list[tuple[str, int]](), 0
    for (organisation, name), size in sorted(left.items()):
        if some and (organisation != body or total + size > BUNDLE_BYTES):
            yield body, some
            some, total = [], 0
        body = organisation
        some.append((name, size))
        total += size
    if some:
        yield body, some


def _bundle(draft: Draft, body: str, some: Sequence[tuple[str, int]]) -> Bundle:
    name = f"{PIECES}/{body}/objects.{secrets.token_hex(6)}.age"
    path = draft.places.sets / name
    draft.tell("vault", 0, len(some))
    try:
        durable.make_folder(path.parent)
        stored = streams.seal(path, name, _fetched(draft, body, some), draft.to)
        durable.sync_folder(path.parent)
    except OSError as refusal:
        raise NoRoom(where=name) from refusal
    return Bundle(body, stored, tuple(some))


def _fetched(draft: Draft, body: str, some: Sequence[tuple[str, int]]) -> Iterator[bytes]:
    for done, (name, size) in enumerate(some, 1):
        try:
            yield from objects.chunks(object_key(body, name), size)
        except objects.StorageAway as trouble:
            if trouble.facts.get("reason") in (
                "NoSuchKey",
                "OtherLength",
            ):  # swept meanwhile, or not what it was
                raise BytesMissing(where=name) from trouble
            raise
        draft.tell("vault", done, len(some))


def _listed(draft: Draft, needed: Mapping[Place, int]) -> StoredFile:
    """Compare the bucket with the rows, object by object, and keep which version each of them is."""
    if not objects.keeps_versions():
        raise NoVersions(where=settings.TODOKE_S3_BUCKET)
    found: Listed = {}
    for body in sorted({body for body, _ in needed}):
        prefix = object_key(body, "")
        for key, size, version in objects.versions(prefix):
            found[body, key.removeprefix(prefix)] = (size, version)
    missing = [place for place, size in needed.items() if found.get(place, (-1, ""))[0] != size]
    if missing:
        raise BytesMissing(where=missing[0][1])
    lines = (
        json.dumps({"organisation": body, "name": name, "size": size, "version": found[body, name][1]}) + "\n"
        for (body, name), size in sorted(needed.items())
    )
    return streams.seal(draft.folder / LISTING, LISTING, (line.encode() for line in lines), draft.to)


def listed(sets: Path, manifest: Manifest, by: streams.Identities) -> Listed:
    """By body and name: stored bytes and version of the objects that the set only lists."""
    if manifest.listing is None:
        return {}
    parts: list[bytes] = []
    streams.open_into(path_of(sets, manifest, manifest.listing), manifest.listing, by, parts.append)
    found: Listed = {}
    for line in b"".join(parts).splitlines():
        one = json.loads(line)
        found[one["organisation"], one["name"]] = (one["size"], one["version"])
    return found


def put_back(
    sets: Path, manifest: Manifest, bodies: frozenset[str], by: streams.Identities, tell: Tell
) -> int:
    """Let the objects of these bodies be in the bucket again; what is there already stays. Returns how many went back.

    Raises BucketMissing, PieceMissing, PieceDamaged, WrongKey, StorageAway.
    """
    bundles = [one for one in manifest.bundles if one.organisation in bodies]
    versions = {place: one for place, one in listed(sets, manifest, by).items() if place[0] in bodies}
    if not bundles and not versions:
        return 0
    if not objects.is_set_up():
        raise BucketMissing(where=manifest.name)
    there = _there({one.organisation for one in bundles} | {body for body, _ in versions})
    done = 0
    for count, one in enumerate(bundles, 1):
        done += _put_bundle(sets, manifest, one, there, by)
        tell("vault", count, len(bundles))
    for (body, name), (size, version) in versions.items():
        if there.get((body, name)) != size:
            objects.revive(object_key(body, name), version)
            done += 1
    return done


def _there(bodies: Iterable[str]) -> dict[Place, int]:
    return {
        (body, key.removeprefix(object_key(body, ""))): size
        for body in sorted(bodies)
        for key, size, _ in objects.listing(object_key(body, ""))
    }


def _put_bundle(
    sets: Path, manifest: Manifest, bundle: Bundle, there: Mapping[Place, int], by: streams.Identities
) -> int:
    """Open a bundle only when something of it is missing; nothing goes back before all of it was compared."""
    body = bundle.organisation
    if all(there.get((body, name)) == size for name, size in bundle.objects):
        return 0
    done = 0
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as plain:
        streams.open_into(path_of(sets, manifest, bundle.file), bundle.file, by, plain.write)
        if plain.tell() != sum(size for _, size in bundle.objects):
            raise PieceDamaged(where=bundle.file.name)
        plain.seek(0)
        for name, size in bundle.objects:
            if there.get((body, name)) == size:
                plain.seek(size, 1)
            else:
                _put_one(object_key(body, name), size, plain)
                done += 1
    return done


def _put_one(key: str, size: int, plain: IO[bytes]) -> None:
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as one:
        left = size
        while left:
            piece = plain.read(min(left, streams.CHUNK))
            one.write(piece)
            left -= len(piece)
        objects.put(key, one, size)
