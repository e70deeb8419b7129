"""Plans and their items."""

from django.db import migrations


class Migration(migrations.Migration):
    """Plans and their items."""

    dependencies = [("programme", "0001_packs")]
    operations = []
