"""The one Django app of the programme line."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """DX推進管理."""

    name = "todoke.programme"
    label = "programme"
    verbose_name = "DX推進管理"
