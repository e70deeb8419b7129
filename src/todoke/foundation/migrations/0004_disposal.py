"""Legal holds and destroyed keys."""

from django.db import migrations


class Migration(migrations.Migration):
    """Legal holds and destroyed keys."""

    dependencies = [("foundation", "0003_approvals")]
    operations = []
