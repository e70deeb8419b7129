"""Gathers the tables of the casework stages for Django."""

from .relay.models import Channel as Channel
from .relay.models import Package as Package
from .relay.models import RelayRun as RelayRun
from .relay.models import Watermark as Watermark
