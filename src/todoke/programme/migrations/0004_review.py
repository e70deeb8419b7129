"""Snapshots, monthly closes, decision cards."""

from django.db import migrations


class Migration(migrations.Migration):
    """Snapshots, monthly closes, decision cards."""

    dependencies = [("programme", "0003_progress")]
    operations = []
