"""The search index of the worklist."""

from django.db import migrations

from todoke.foundation.keeping_words import KeepWords


class Migration(migrations.Migration):
    """The search index of the worklist."""

    dependencies = [("casework", "0012_disposal")]
    operations = [KeepWords("casework_case", "search")]
