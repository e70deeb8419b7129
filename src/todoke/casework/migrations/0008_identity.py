"""Compared identities, decisions and their confirmation."""

from django.db import migrations


class Migration(migrations.Migration):
    """Compared identities, decisions and their confirmation."""

    dependencies = [("casework", "0007_residents")]
    operations = []
