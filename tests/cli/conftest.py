"""The fixtures of the stories."""

from tests.support.stories import sample_world as sample_world
from tests.support.stories import town as town
