"""A town with its plans and the browsers of who works on them."""

import pytest
from django.test import Client

from tests.casework.identify.conftest import MINASE
from tests.programme.plans.conftest import Body, body, plan
from tests.support import desk

__all__ = ["body", "plan"]


@pytest.fixture
def officer(body: Body) -> Client:
    """The DX officer at the screen."""
    return desk.browser(MINASE, body.officer.staff_id)


@pytest.fixture
def colleague(body: Body) -> Client:
    """The other officer."""
    return desk.browser(MINASE, body.colleague.staff_id)


@pytest.fixture
def reporter(body: Body) -> Client:
    """One who only reports."""
    return desk.browser(MINASE, body.reporter.staff_id)
