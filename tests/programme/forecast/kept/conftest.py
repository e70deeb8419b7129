"""The town of the plans and its people."""

from tests.programme.plans.conftest import Body, body, plan

__all__ = ["Body", "body", "plan"]
