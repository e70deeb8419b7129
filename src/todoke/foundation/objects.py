"""S3-compatible storage（S3互換の保管）: whole objects put, read and removed by key; nothing is ever overwritten by us.

The protocol is spoken by boto3 (extra `s3`), imported only where a bucket is set up. An object is durable when the
server has answered the PUT; the server compares the bytes with the Content-MD5 that we send (RFC 1864) before it does.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, ClassVar

import yaml
from django.conf import settings

from .errors import TodokeError

CHUNK = 1_048_576
_clients: dict[tuple[int, str], Any] = {}  # by process: a forked child opens connections of its own


class StorageAway(TodokeError):
    """The storage did not answer, or refused."""

    code: ClassVar[str] = "SYS-908"
    sentence: ClassVar[str] = (
        "S3互換の保管に届きません（{reason}）。保管の状態と TODOKE_S3_ の設定を確かめてください。受け付けは自動で再開します。"
    )


class StorageMissing(TodokeError):
    """The library that speaks to the storage is not installed."""

    code: ClassVar[str] = "SYS-909"
    sentence: ClassVar[str] = (
        "S3互換の保管には追加の部品が要ります。`pip install --require-hashes -r requirements/s3.txt` を実行してください。"
    )


def is_set_up() -> bool:
    """Whether originals go to a bucket."""
    return bool(settings.TODOKE_S3_BUCKET)


def put(key: str, file: BinaryIO, length: int) -> None:
    """Store `length` bytes of a file, from its beginning; durable when this returns. Raises StorageAway."""
    digest = hashlib.md5(
        usedforsecurity=False
    )  # what the protocol asks for: against accidents, not against people
    file.seek(0)
    while piece := file.read(CHUNK):
        digest.update(piece)
    file.seek(0)
    with _speaking() as client:
        client.put_object(
            Bucket=settings.TODOKE_S3_BUCKET, Key=key, Body=file, ContentLength=length,
            ContentMD5=base64.b64encode(digest.digest()).decode(),
        )  # fmt: skip


def read_into(key: str, start: int, length: int, descriptor: int) -> None:
    """Write `length` bytes of an object from `start` to a file descriptor. Raises StorageAway, also when it is short."""
    with _speaking() as client:
        answer = client.get_object(
            Bucket=settings.TODOKE_S3_BUCKET, Key=key, Range=f"bytes={start}-{start + length - 1}"
        )
        got = 0
        for piece in answer["Body"].iter_chunks(CHUNK):
            got += len(piece)
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
    if got != length:
        raise StorageAway(reason="ShortAnswer")


def chunks(key: str, length: int) -> Iterator[bytes]:
    """The `length` bytes of a whole object in pieces of up to 1 MiB. Raises StorageAway, also when it has others."""
    got = 0
    with _speaking() as client:
        answer = client.get_object(Bucket=settings.TODOKE_S3_BUCKET, Key=key)
        for piece in answer["Body"].iter_chunks(CHUNK):
            got += len(piece)
            yield piece
    if got != length:
        raise StorageAway(reason="OtherLength")


def keeps_versions() -> bool:
    """Whether the bucket keeps what is removed or replaced as older versions（versioning）. Raises StorageAway."""
    with _speaking() as client:
        answer = client.get_bucket_versioning(Bucket=settings.TODOKE_S3_BUCKET)
    return bool(answer.get("Status") == "Enabled")


def versions(prefix: str) -> Iterator[tuple[str, int, str]]:
    """(key, bytes, version) of the newest version of every object that is there. Raises StorageAway."""
    with _speaking() as client:
        pages = client.get_paginator("list_object_versions").paginate(
            Bucket=settings.TODOKE_S3_BUCKET, Prefix=prefix
        )
        for page in pages:
            for one in page.get("Versions", []):
                if one["IsLatest"]:
                    yield one["Key"], one["Size"], one["VersionId"]


def revive(key: str, version: str) -> None:
    """Let an older version of an object be there again. Raises StorageAway when it is gone for good."""
    bucket = settings.TODOKE_S3_BUCKET
    with _speaking() as client:
        source = {"Bucket": bucket, "Key": key, "VersionId": version}
        client.copy_object(Bucket=bucket, Key=key, CopySource=source)


def remove(key: str) -> None:
    """Remove an object; one that is not there is no error. Raises StorageAway."""
    with _speaking() as client:
        client.delete_object(Bucket=settings.TODOKE_S3_BUCKET, Key=key)


def listing(prefix: str) -> Iterator[tuple[str, int, datetime]]:
    """(key, bytes, last modified) of every object under a prefix. Raises StorageAway."""
    with _speaking() as client:
        pages = client.get_paginator("list_objects_v2").paginate(
            Bucket=settings.TODOKE_S3_BUCKET, Prefix=prefix
        )
        for page in pages:
            for one in page.get("Contents", []):
                yield one["Key"], one["Size"], one["LastModified"]


class _speaking:  # noqa: N801  # reads as what it is
    """The client, with every trouble of the library turned into ours, without the words of the library."""

    def __enter__(self) -> Any:
        """The client of this process."""
        return _client()

    def __exit__(self, _kind: object, trouble: BaseException | None, _trace: object) -> None:
        if trouble is None or isinstance(trouble, TodokeError) or not isinstance(trouble, Exception):
            return
        from botocore.exceptions import BotoCoreError, ClientError

        if isinstance(trouble, ClientError):
            raise StorageAway(reason=str(trouble.response.get("Error", {}).get("Code", ""))[:40]) from None
        if isinstance(trouble, BotoCoreError):
            raise StorageAway(reason=type(trouble).__name__) from None


def _client() -> Any:
    place = (os.getpid(), f"{settings.TODOKE_S3_ENDPOINT} {settings.TODOKE_S3_CREDENTIALS_FILE}")
    if place not in _clients:
        _clients[place] = _new_client()
    return _clients[place]


def _new_client() -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError as missing:
        raise StorageMissing from missing
    keys = _credentials()
    return boto3.client(
        "s3",
        endpoint_url=settings.TODOKE_S3_ENDPOINT or None,
        region_name=settings.TODOKE_S3_REGION,
        aws_access_key_id=keys["access_key"],
        aws_secret_access_key=keys["secret_key"],
        verify=str(settings.TODOKE_S3_AUTHORITY_FILE) if settings.TODOKE_S3_AUTHORITY_FILE else None,
        config=Config(
            connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 3, "mode": "standard"},
            max_pool_connections=16, request_checksum_calculation="when_required",
            response_checksum_validation="when_required", s3={"addressing_style": "path"},
        ),
    )  # fmt: skip


def _credentials() -> dict[str, str]:
    path = settings.TODOKE_S3_CREDENTIALS_FILE
    try:
        found = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
        return {name: str(found[name]) for name in ("access_key", "secret_key")}
    except (OSError, TypeError, KeyError, yaml.YAMLError) as trouble:
        raise StorageAway(reason="credentials") from trouble
