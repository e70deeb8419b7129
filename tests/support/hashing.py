"""Argon2id as in production, with less work: a try takes a millisecond here, half a second and 100 MB there."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickHasher(Argon2PasswordHasher):
    """The same algorithm and form of hash; `tests/web/test_entrance.py` signs in with the hasher of production too."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
