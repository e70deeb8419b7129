"""Attachments looked into: scans, sanitised copies, releases."""

from django.db import migrations


class Migration(migrations.Migration):
    """Attachments looked into: scans, sanitised copies, releases."""

    dependencies = [("casework", "0005_evidence")]
    operations = []
