"""`todoke sample make`: write a world of invented residents and applications, with the truth about them."""

import argparse
from pathlib import Path

from .progress import bars
from .verbs import DONE, NOT_GOOD, Verb, console, print_json

STAGES = {"residents": "住民", "packages": "申請データ", "links": "番号紐付情報"}


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, help="書き出すフォルダ / folder to write")
    parser.add_argument("--packages", type=int, default=300, help="申請の件数 / number of applications")
    parser.add_argument("--residents", type=int, default=20_000, help="住民の人数 / number of residents")
    parser.add_argument("--seed", type=int, default=2026, help="乱数の種 / seed")
    parser.add_argument(
        "--size", choices=["small", "standard", "large"], default="small", help="添付の大きさ / size"
    )


def _run(args: argparse.Namespace) -> int:
    from samples import world  # the product runs without its samples; only this verb and the demo need them

    try:
        with bars(STAGES) as tell:
            made = world.build(
                args.out,
                packages=args.packages,
                residents=args.residents,
                seed=args.seed,
                size=args.size,
                progress=tell,
            )
    except world.NotASampleWorld:
        console().print(f"{args.out} には見本以外のファイルがあります。空のフォルダを指定してください。")
        return NOT_GOOD
    if args.json:
        print_json({"out": str(made.out), "summary": dict(made.summary)})
    else:
        console().print(
            f"架空の見本を {made.out} に書き出しました（申請{made.packages}件、住民{made.residents}人）。"
        )
    return DONE


VERB = Verb(_arguments, _run)
