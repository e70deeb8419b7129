"""Changing keys: every step is durable before the next, so that whoever is killed goes on by the same command.

A file is replaced whole; readers try the new master key, the present one and the one before. A body's new version is
a new file beside the old one. Nothing here removes a key that something may still be wrapped by.
"""

import os

from todoke.foundation import durable
from todoke.foundation.wrapping import wrap

from . import queries, rules
from .errors import KeysReadOnly, StillNeeded

_LENGTH = 32


def rotate_master() -> int:
    """Change the master key, or finish the change that was begun; returns how many bodies' keys were wrapped anew.

    The key before stays as `master.old.key` until `retire_master`. Raises KeysReadOnly, KeyMissing.
    """
    queries.master_key()
    try:
        if not queries.next_master_file().exists():
            durable.keep_first(queries.next_master_file(), os.urandom(_LENGTH).hex().encode())
        wrapped = _wrap_all()
        wrapped += _wrap_all()  # a body whose first key was made meanwhile by who had read the old one
        durable.put(queries.old_master_file(), queries.master_file().read_bytes(), mode=0o600)
        durable.put(queries.master_file(), queries.next_master_file().read_bytes(), mode=0o600)
        queries.next_master_file().unlink()
        durable.sync_folder(queries.master_file().parent)
    except OSError as refusal:
        raise KeysReadOnly from refusal
    return wrapped


def _wrap_all() -> int:
    """Wrap every body's key by the newest master key; returns how many were not."""
    master, count = queries.wrapping_key(), 0
    for path, body, _ in queries.body_files():
        if not queries.is_wrapped_by(path, body, master):
            key = queries.unwrapped(path, body)
            durable.put(path, wrap(key, master, rules.label_of(body)).hex().encode(), mode=0o600)
            count += 1
    return count


def retire_master() -> bool:
    """Remove the master key before the last change. False when there is none. Raises StillNeeded, KeysReadOnly."""
    if not queries.old_master_file().exists():
        return False
    state = queries.master_state()
    if state.is_changing:
        raise StillNeeded(because="マスター鍵の取り替えの途中")
    try:
        _wrap_all()
        queries.old_master_file().unlink()
        durable.sync_folder(queries.master_file().parent)
    except OSError as refusal:
        raise KeysReadOnly from refusal
    return True


def new_version(organisation: str) -> int:
    """Make the next version of a body's key and return its number. What is written from now on is wrapped by it.

    While an older version is still there, that change goes on instead: no third one is made. Raises KeysReadOnly.
    """
    keys = queries.keys_of(organisation)
    if keys.is_rotating:
        return keys.current
    path = queries.bodies_folder() / rules.file_name(organisation, keys.current + 1)
    wrapped = wrap(os.urandom(_LENGTH), queries.wrapping_key(), rules.label_of(organisation))
    try:
        durable.keep_first(path, wrapped.hex().encode())
    except OSError as refusal:
        raise KeysReadOnly from refusal
    queries.look_again(organisation)
    return queries.keys_of(organisation).current


def retire_versions(organisation: str) -> int:
    """Remove the older versions of a body's key; the caller has made sure that nothing is wrapped by them."""
    current, count = queries.keys_of(organisation).current, 0
    try:
        for path, _, version in queries.body_files(organisation):
            if version < current:
                path.unlink()
                count += 1
        if count:
            durable.sync_folder(queries.bodies_folder())
    except OSError as refusal:
        raise KeysReadOnly from refusal
    queries.look_again(organisation)
    return count
