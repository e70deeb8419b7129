"""`todoke staff link`: the way back in when nobody who manages staff can sign in any more. It stands in the audit."""

import argparse

from todoke.foundation import fence
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.entrance import services as entrance

from .verbs import DONE, NOT_GOOD, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="サインイン名 / the sign-in name")
    parser.add_argument(
        "--reset-second-step",
        metavar="理由",
        help="二段階目もやり直す（理由を書く） / forget the second step, too; say why",
    )


def _run(args: argparse.Namespace) -> int:
    organisation = accounts.organisation_of(args.name)
    if organisation is None:
        console().print("そのサインイン名の職員はいません。")
        return NOT_GOOD
    at, actor = now(), command_actor()
    with fence.scope(organisation):
        person = accounts.staff_by_name(args.name)
        if person is None or accounts.viewer(person.pk) is None:
            console().print(
                "利用が終わっている職員です。画面で別の職員を登録するか、最終日を延ばしてください。"
            )
            return NOT_GOOD
        if args.reset_second_step is not None:
            entrance.reset_second_step(person.pk, reason=args.reset_second_step, actor=actor, at=at)
        audit.record("staff.link_made", object_kind="staff", object_id=str(person.pk), actor=actor, at=at)
        token = account_services.one_time_link(
            "sign-in", at=at, staff_id=person.pk, organisation=organisation
        )
    path = f"/sign-in/{token}/"
    console().print(f"画面のアドレスの後に付けて開いてください（24時間、一度だけ）: {path}")
    if args.json:
        print_json({"path": path})
    return DONE


VERB = Verb(_arguments, _run)
