"""Worklist columns for protection and form checks."""

from django.db import migrations


class Migration(migrations.Migration):
    """Worklist columns for protection and form checks."""

    dependencies = [("casework", "0008_identity")]
    operations = []
