"""`todoke section register`: register a section of a body and the procedures that it answers for."""

import argparse

from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.organisations import services
from todoke.foundation.organisations.queries import organisation
from todoke.foundation.procedures import queries as catalogue
from todoke.foundation.procedures import services as procedures

from .verbs import DONE, Verb, command_actor, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", help="課の符号 / code of the section")
    parser.add_argument("name", help="課の名前 / name of the section")
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument(
        "--procedures", default="", help="担当する手続（P01,P02 …） / procedures it answers for"
    )


def _run(args: argparse.Namespace) -> int:
    codes = [code.strip() for code in args.procedures.split(",") if code.strip()]
    for code in codes:
        catalogue.procedure(code)  # every code is known before anything is written
    with scope(organisation(args.organisation).code):
        section = services.register_section(args.code, name=args.name)
        for code in codes:
            procedures.assign_procedure(code, section_id=section.id, actor=command_actor(), at=now())
    if args.json:
        print_json({"id": section.id, "code": section.code, "procedures": codes})
    else:
        console().print(f"{args.name} を登録しました（担当する手続 {len(codes)}）。", markup=False)
    return DONE


VERB = Verb(_arguments, _run)
