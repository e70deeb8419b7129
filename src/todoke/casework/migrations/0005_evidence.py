"""What a verdict rests on: evidence records, and who chose how revocation is checked."""

from django.db import migrations


class Migration(migrations.Migration):
    """What a verdict rests on: evidence records, and who chose how revocation is checked."""

    dependencies = [("casework", "0004_look_again")]
    operations = []
