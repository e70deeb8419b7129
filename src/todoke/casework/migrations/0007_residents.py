"""Copies of resident records, and who is protected."""

from django.db import migrations


class Migration(migrations.Migration):
    """Copies of resident records, and who is protected."""

    dependencies = [("casework", "0006_screening")]
    operations = []
