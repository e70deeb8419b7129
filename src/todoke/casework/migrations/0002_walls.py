"""Raise the walls of the casework tables."""

from django.db import migrations

from todoke.foundation.walls import RaiseWalls


class Migration(migrations.Migration):
    """Policies, append-only triggers and grants."""

    dependencies = [("casework", "0001_initial"), ("foundation", "0002_walls")]
    operations = [RaiseWalls("casework")]
