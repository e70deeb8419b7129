"""`todoke organisation register`: register a further body, and let its first administrator in by a one-time link."""

import argparse

from todoke.foundation.accounts import services as accounts
from todoke.foundation.accounts.values import Role, RoleGiven
from todoke.foundation.audit import services as audit
from todoke.foundation.calendars.queries import now
from todoke.foundation.exchange import services as exchange
from todoke.foundation.fence import scope
from todoke.foundation.organisations import queries, services
from todoke.foundation.organisations.values import OrganisationKind

from .verbs import DONE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    kinds = [kind.value for kind in OrganisationKind]
    parser.add_argument("code", help="団体コード（検査数字を含む6桁） / code with its check digit")
    parser.add_argument("name", help="団体の名前 / name of the body")
    parser.add_argument("--kind", choices=kinds, default=kinds[0], help="団体の種類 / kind of body")
    parser.add_argument(
        "--parent",
        default="",
        help="提出先の団体コード（市区町村は都道府県） / whom it submits its programme to",
    )
    parser.add_argument(
        "--administrator", help="最初の管理者のサインイン名 / sign-in name of its first administrator"
    )
    parser.add_argument(
        "--administrator-name", default="管理者", help="管理者の氏名 / the administrator's name"
    )


def _above(code: str) -> str:
    """Whom the body above hands on to; empty where that is nobody."""
    return next((one.parent for one in queries.organisations() if one.code == code), "")


def _run(args: argparse.Namespace) -> int:
    at, actor = now(), command_actor()
    services.register_organisation(args.code, name=args.name, kind=OrganisationKind(args.kind), at=at)
    if args.parent:
        services.set_parent(args.code, args.parent)
        for other in filter(None, (args.parent, _above(args.parent))):
            exchange.introduce(args.code, other, actor=actor, at=at)
    token = ""
    with scope(args.code):
        audit.record(
            "organisation.registered", object_kind="organisation", object_id=args.code, actor=actor, at=at
        )
        if args.administrator:
            roles = [RoleGiven(role, None) for role in Role]
            staff_id = accounts.create_staff(
                args.administrator,
                display_name=args.administrator_name,
                password=None,
                roles=roles,
                actor=actor,
                at=at,
            )
            token = accounts.one_time_link("sign-in", at=at, staff_id=staff_id, organisation=args.code)
    path = f"/sign-in/{token}/" if token else ""
    if args.json:
        print_json({"code": args.code, "sign_in": path})
    else:
        console().print(f"{args.code} {args.name} を登録しました。", markup=False)
        if path:
            console().print(
                f"管理者のサインイン（一度だけ、24時間以内）: {path}", soft_wrap=True, markup=False
            )
    return DONE


VERB = Verb(_arguments, _run)
