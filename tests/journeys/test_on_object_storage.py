"""The journey with originals on S3-compatible storage ends as with files."""

from pathlib import Path

from django.conf import settings

from tests.support.storage import bucket as bucket
from tests.support.storage import storage_server as storage_server
from tests.support.town import Town, assert_nothing_is_lost


def test_every_application_ends_where_it_must_on_object_storage(bucket: str, town: Town) -> None:
    assert town.drain()
    assert_nothing_is_lost(town)
    assert not list(Path(settings.TODOKE_VAULT_DIR).glob("*/*.seg"))
