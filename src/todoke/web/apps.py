"""The Django app of the screens: templates and static files, no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """画面."""

    name = "todoke.web"
    label = "web"
    verbose_name = "画面"
