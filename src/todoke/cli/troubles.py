"""What keeps a command from beginning or going on, told by code and sentence: settings, places, the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from pydantic import ValidationError

from todoke.cli.verbs import NO_ROOM
from todoke.foundation.errors import TodokeError

_MISSING_TABLE = ("no such table", "no such column", "does not exist", "has no column")


class SettingsWrong(TodokeError):
    """A setting does not say what `.env.example` allows; `which` names it, never its value."""

    code: ClassVar[str] = "SYS-950"
    sentence: ClassVar[str] = (
        "設定が正しくありません（{which}）。環境変数と .env を、.env.example の説明のとおりに直してください。"
    )


class PlaceClosed(TodokeError):
    """A file or folder that the settings name cannot be read or written by this user."""

    code: ClassVar[str] = "SYS-951"
    sentence: ClassVar[str] = (
        "{place}を読み書きできません（{reason}）。場所の設定と、持ち主・権限・空きを確かめてください。"
    )


class DatabaseBehind(TodokeError):
    """The database has not the tables of this version."""

    code: ClassVar[str] = "SYS-952"
    sentence: ClassVar[str] = (
        "データベースがこの版になっていません。`todoke migrate` を実行してから、もう一度行ってください。"
    )


class DatabaseAway(TodokeError):
    """The database does not answer, or answered that it cannot."""

    code: ClassVar[str] = "SYS-953"
    sentence: ClassVar[str] = (
        "データベースを使えません。動いているか、TODOKE_DATABASE_URL の接続先とパスワードを確かめてください。"
    )


@contextmanager
def settings_told() -> Iterator[None]:
    """Tells by `SettingsWrong` or `PlaceClosed` what keeps the settings from being read."""
    try:
        yield
    except ValidationError as broken:
        names = {"TODOKE_" + str(one["loc"][0]).upper() if one["loc"] else "" for one in broken.errors()}
        raise SettingsWrong(which="、".join(sorted(names))) from None
    except ValueError as broken:  # settings.py says which, in a sentence of its own
        raise SettingsWrong(which=str(broken)) from None
    except OSError as broken:
        raise _closed(broken) from None


@contextmanager
def storage_told() -> Iterator[None]:
    """Tells by `DatabaseBehind`, `DatabaseAway`, `StoreFailed` or `PlaceClosed` what a command could not use.

    Programs that go on for ever deal with such troubles themselves: here it ends a command.
    """
    from django.db import DatabaseError, InterfaceError  # Django is asked for only where it is ready

    try:
        yield
    except (DatabaseError, InterfaceError) as broken:
        from todoke.foundation.health import is_storage_refusal
        from todoke.foundation.vault.errors import StoreFailed

        if any(words in str(broken) for words in _MISSING_TABLE):
            raise DatabaseBehind from broken
        if is_storage_refusal(broken):
            raise StoreFailed from broken
        if _is_away(broken):
            raise DatabaseAway from broken
        raise
    except OSError as broken:
        if not isinstance(broken, PermissionError) and broken.errno not in NO_ROOM:
            raise
        raise _closed(broken) from broken


def _is_away(broken: Exception) -> bool:
    from django.db import InterfaceError, OperationalError

    return isinstance(broken, InterfaceError | OperationalError)


def _closed(broken: OSError) -> PlaceClosed:
    return PlaceClosed(
        place=f"{broken.filename} " if broken.filename else "出力先",
        reason=broken.strerror or type(broken).__name__,
    )
