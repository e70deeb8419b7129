"""A real server of the S3 protocol on loopback, for the tests."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

BUCKET = "todoke-originals"


@pytest.fixture(scope="session")
def storage_server() -> Iterator[str]:
    """The address of the server; it speaks HTTP on a port of its own choosing."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(storage_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty bucket in which originals are stored from now on; its name."""
    import boto3

    keys = tmp_path / "s3.yaml"
    keys.write_text("access_key: tester\nsecret_key: tester-secret\n")
    monkeypatch.setattr(settings, "TODOKE_S3_BUCKET", BUCKET)
    monkeypatch.setattr(settings, "TODOKE_S3_ENDPOINT", storage_server)
    monkeypatch.setattr(settings, "TODOKE_S3_CREDENTIALS_FILE", str(keys))
    client = boto3.client(
        "s3", endpoint_url=storage_server, region_name=settings.TODOKE_S3_REGION,
        aws_access_key_id="tester", aws_secret_access_key="tester-secret",
    )  # fmt: skip
    client.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": settings.TODOKE_S3_REGION}
    )
    yield BUCKET
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
        for one in page.get("Contents", []):
            client.delete_object(Bucket=BUCKET, Key=one["Key"])
    client.delete_bucket(Bucket=BUCKET)
    assert threading.active_count() < 60  # uploads leave no threads behind
