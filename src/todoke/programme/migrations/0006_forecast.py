"""Forecasts, baselines and scenarios."""

from django.db import migrations


class Migration(migrations.Migration):
    """Forecasts, baselines and scenarios."""

    dependencies = [("programme", "0005_rollup")]
    operations = []
