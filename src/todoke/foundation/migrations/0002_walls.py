"""Raise the walls of the foundation's tables."""

from django.db import migrations

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Policies, append-only triggers and grants."""

    dependencies = [
        ("foundation", "0001_initial"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sessions", "0001_initial"),
    ]
    operations = [RaiseWalls("foundation")]
