"""The towns and cases of the worklist's tests."""

from tests.casework.cases.conftest import clerks as clerks
from tests.casework.cases.conftest import open_cases as open_cases
