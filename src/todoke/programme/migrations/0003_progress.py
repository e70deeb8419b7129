"""Reports, evidence, indicators."""

from django.db import migrations


class Migration(migrations.Migration):
    """Reports, evidence, indicators."""

    dependencies = [("programme", "0002_plans")]
    operations = []
