"""The sample worlds that trials carry through: one of sixty applications for blows, a tiny one for what is repeated often."""

import json
from pathlib import Path

from samples import world

TWO_TOWNS = ("992011", "993026")  # one reads the portal, one a watched folder


def sixty(out: Path) -> Path:
    """Sixty applications of every kind, for all the bodies."""
    world.build(out, packages=60, residents=2500)
    return out


def tiny(out: Path) -> Path:
    """About seven applications for two towns only; what must come of them is learnt from a run without faults."""
    world.build(out, packages=12, residents=1500)
    register = json.loads((out / "world.json").read_text(encoding="utf-8"))
    register["organisations"] = [one for one in register["organisations"] if one["code"] in TWO_TOWNS]
    (out / "world.json").write_text(json.dumps(register, ensure_ascii=False), encoding="utf-8")
    return out
