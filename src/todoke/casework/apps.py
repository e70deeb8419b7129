"""The one Django app of the casework line."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """申請処理."""

    name = "todoke.casework"
    label = "casework"
    verbose_name = "申請処理"
