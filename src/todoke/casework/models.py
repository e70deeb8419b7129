"""Gathers the tables of the casework stages for Django."""

from .intake.models import Application as Application
from .intake.models import Attachment as Attachment
from .intake.models import FindingRow as FindingRow
from .intake.models import Quarantine as Quarantine
from .relay.models import Channel as Channel
from .relay.models import Package as Package
from .relay.models import RelayRun as RelayRun
from .relay.models import Watermark as Watermark
