"""The compose file: parts apart, nothing more than each needs, and every name means something."""

import re
from typing import Any

import pytest
import yaml

from .words import DEPLOY, is_understood, read_environment, unknown_settings

FOLDER = DEPLOY / "compose"
VALUES = read_environment((FOLDER / ".env.example").read_text())
TEXT = (FOLDER / "compose.yaml").read_text()
PARTS = ("backup", "migrate", "sealer", "web", "worker")


def compose() -> dict[str, Any]:
    filled = re.sub(r"\$\{([A-Z_]+)\}", lambda found: VALUES[found[1]], TEXT)
    document: dict[str, Any] = yaml.safe_load(filled)
    return document


def services() -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"]
    return found


def test_every_variable_has_a_value_in_the_example_and_the_other_way_round() -> None:
    assert set(re.findall(r"\$\{([A-Z_]+)\}", TEXT)) == set(VALUES)


def test_web_worker_sealer_migrations_backups_and_the_database_are_apart() -> None:
    assert sorted(services()) == sorted((*PARTS, "postgres"))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_says_what_the_product_understands(part: str) -> None:
    service = services()[part]
    assert is_understood(service["command"])
    assert not unknown_settings(service["environment"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_migrations_connect_as_the_owner_and_only_the_sealer_and_the_backups_can_sign() -> None:
    found = services()
    assert [name for name in PARTS if "TODOKE_DATABASE_OWNER_URL" in found[name]["environment"]] == [
        "migrate"
    ]
    assert [name for name in PARTS if "seal_key" in found[name].get("secrets", ())] == ["backup", "sealer"]


def test_everything_waits_for_the_migrations_and_they_for_the_database() -> None:
    found = services()
    for part in ("sealer", "web", "worker"):
        assert found[part]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert found[part]["healthcheck"]["test"][0] == "CMD"
    assert found["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_what_a_part_names_is_declared() -> None:
    document = compose()
    for name, service in document["services"].items():
        volumes = {one.split(":")[0] for one in service.get("volumes", ())}
        assert {one for one in volumes if not one.startswith((".", "/"))} <= set(document["volumes"]), name
        assert set(service.get("secrets", ())) <= set(document["secrets"]), name
        assert set(service["networks"]) <= set(document["networks"]), name


def test_a_backup_is_taken_when_asked_for_and_lies_elsewhere() -> None:
    one = services()["backup"]
    assert one["profiles"] == ["backup"]
    assert one["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    mounts = dict(reversed(volume.split(":")[:2]) for volume in one["volumes"])
    for name in ("TODOKE_BACKUP_DIR", "TODOKE_BACKUP_KEYS_DIR"):
        assert mounts[one["environment"][name]].startswith("/mnt/"), "on a device of its own"


def test_the_desk_is_open_to_this_machine_alone_and_the_database_to_nobody() -> None:
    found = services()
    assert [one.split(":")[0] for one in found["web"]["ports"]] == ["127.0.0.1"]
    assert all("ports" not in found[name] for name in found if name != "web")
    assert found["postgres"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"]["internal"] is True


def test_both_roles_are_made_and_neither_sees_through_the_walls() -> None:
    text = (FOLDER / "roles.sh").read_text()
    assert len(re.findall(r"CREATE ROLE todoke_(owner|app) +LOGIN NOSUPERUSER NOBYPASSRLS", text)) == 2
    assert (FOLDER / "roles.sh").stat().st_mode & 0o111
