"""Submissions, questions, support."""

from django.db import migrations


class Migration(migrations.Migration):
    """Submissions, questions, support."""

    dependencies = [("programme", "0004_review")]
    operations = []
