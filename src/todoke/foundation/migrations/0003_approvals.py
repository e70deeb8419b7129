"""Decisions that a second person confirms."""

from django.db import migrations


class Migration(migrations.Migration):
    """Decisions that a second person confirms."""

    dependencies = [("foundation", "0002_walls")]
    operations = []
