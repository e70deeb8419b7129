"""The one Django app of the foundation."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """共通基盤."""

    name = "todoke.foundation"
    label = "foundation"
    verbose_name = "共通基盤"
