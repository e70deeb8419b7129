"""The town of the plans, its persons and its plan."""

from tests.programme.plans.conftest import body as body
from tests.programme.plans.conftest import plan as plan
