"""Backups taken, and restores that hold back what goes outside."""

from django.db import migrations


class Migration(migrations.Migration):
    """Backups taken, and restores that hold back what goes outside."""

    dependencies = [("foundation", "0004_disposal")]
    operations = []
