"""The settings of a test run, made before Django reads them: a folder of its own, and the database chosen.

Loaded by `-p` from pyproject.toml, in the controller and in every xdist worker. What a test run chooses:
  TODOKE_TEST_DATABASE      sqlite (default) or postgresql
  TODOKE_TEST_DATABASE_URL  an administrator's address of a PostgreSQL ≥ 15 that runs already
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.support.databases import Databases, PostgresDatabases, SqliteDatabases

CHOICES = ("sqlite", "postgresql")


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def _folder() -> Path:
    """A folder that goes with this process."""
    folder = Path(tempfile.mkdtemp(prefix="todoke-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _prepare() -> Databases:
    """Point every TODOKE_ setting at this process's own folder and databases."""
    choice = os.environ.get("TODOKE_TEST_DATABASE", "sqlite")
    if choice not in CHOICES:
        raise SystemExit(f"TODOKE_TEST_DATABASE={choice}: {' か '.join(CHOICES)} を指定してください。")
    var = _folder()
    run = Path(os.environ.setdefault("TODOKE_TEST_RUN", str(var)))  # the controller's; the workers inherit it
    databases: Databases
    if choice == "postgresql":
        databases = PostgresDatabases.for_worker(_worker())
    else:
        databases = SqliteDatabases(var, run=run)
    kept = {"TODOKE_TEST_DATABASE", "TODOKE_TEST_DATABASE_URL", "TODOKE_TEST_SERVER", "TODOKE_TEST_RUN"}
    for name in [name for name in os.environ if name.startswith("TODOKE_") and name not in kept]:
        del os.environ[name]
    os.environ["TODOKE_VAR"] = str(var)
    os.environ["TODOKE_DATABASE_URL"] = databases.url(databases.live)
    os.environ["TODOKE_DATABASE_OWNER_URL"] = databases.owner_url(databases.live)
    return databases


DATABASES = _prepare()
RUN = Path(os.environ["TODOKE_TEST_RUN"])  # what all workers of a run share
