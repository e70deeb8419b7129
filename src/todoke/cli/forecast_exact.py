"""`todoke forecast exact`: ask the exact solver of the plans of a body, and keep what it has shown."""

import argparse
from uuid import UUID

from todoke.foundation.audit.values import Actor, ActorKind
from todoke.foundation.calendars.queries import japanese_date, now
from todoke.foundation.fence import scope
from todoke.programme.forecast import queries, services
from todoke.programme.forecast.values import KeptExact
from todoke.programme.plans import queries as plans

from .verbs import DONE, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("organisation", help="団体コード / code of the body")
    parser.add_argument(
        "plan", nargs="?", type=UUID, help="計画（なければ、その団体のすべて）/ one plan, or all of them"
    )
    parser.add_argument(
        "--effort",
        type=float,
        default=queries.EFFORT,
        help="計算量の上限（既定60）/ limit in the solver's own time",
    )


def _run(args: argparse.Namespace) -> int:
    """The solver works outside of any transaction: it may take minutes, and nobody waits for it."""
    at, actor, kept = now(), Actor(ActorKind.COMMAND, "forecast exact"), []
    with scope(args.organisation, read_only=True):
        chosen = [one for one in plans.plans() if args.plan in {None, one.uuid}]
        networks = [queries.network_of(one, as_of=japanese_date(at)) for one in chosen]
    for plan, network in zip(chosen, networks, strict=True):
        answer = queries.solve_exactly(network, effort=args.effort)
        with scope(args.organisation):
            kept.append((plan.title, services.keep_exact(plan.uuid, answer, actor=actor, at=at)))
    if args.json:
        print_json({"plans": [_line(title, one) for title, one in kept]})
        return DONE
    for title, one in kept:
        console().print(f"{title}: {one.word.label}。最も良い日程の完了 {one.ref.finish}", markup=False)
    return DONE


def _line(title: str, one: KeptExact) -> dict[str, object]:
    return {
        "title": title, "word": one.word.value, "finish": str(one.ref.finish), "late_days": one.late_days,
        "late_bound": one.late_bound, "finish_bound": str(one.finish_bound), "effort": one.effort, "engine": one.ref.engine,
    }  # fmt: skip


VERB = Verb(_arguments, _run)
