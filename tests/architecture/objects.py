"""One object for each address that names one: how it is made, in the scope that is open."""

from collections.abc import Callable, Mapping

from tests.support import desk
from tests.support.rows import make
from todoke.casework.models import Package
from todoke.foundation.accounts.values import Role
from todoke.foundation.fence import current_organisation


def _package() -> dict[str, object]:
    return {"uuid": make(Package, state="quarantined", code="PKG-110").uuid}


def _staff() -> dict[str, object]:
    return {"staff_id": desk.appoint(current_organisation(), [Role.RECEPTION], name="another")}


OF: Mapping[str, Callable[[], dict[str, object]]] = {
    "quarantined": _package,
    "reprocess": _package,
    "staff-link": _staff,
    "end-staff": _staff,
}
