"""`make faults`: every kind of fault, as often as one likes, with progress and one clear line at the end.

make faults                the usual number, on both databases
make faults N=10000        so many kills
python -m tests.faults --database sqlite --kills 10000 --cuts 200 --sweep 2000 --seed 7
python -m tests.faults --database sqlite --only sweep --sweep 9000 --seed 7 --share 1/2 --resume FILE    and 2/2 beside it
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

DATABASES = ("sqlite", "postgresql")
KILLS, CUTS, SWEEP = 1000, 20, 120
MEMORY = "/dev/shm"  # noqa: S108  # below it each trial makes a folder of its own


def main() -> int:
    """Run the trials on one database, or on each in a process of its own; 0 only when every invariant held."""
    args = _arguments()
    if args.database is None:
        return _each(args)
    os.environ["TODOKE_TEST_DATABASE"] = args.database
    from . import shim

    if args.only == ["sweep"] and os.access(MEMORY, os.W_OK):
        os.environ.setdefault("TMPDIR", MEMORY)  # what fails is the call: a slow disk would win nothing
    if args.sweep and args.database == "sqlite" and not shim.is_loaded():
        folder = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108  # the library alone; removed by the trial
        built = shim.build(folder)
        if built is None:
            print(shim.MISSING, flush=True)
            args.sweep = 0
        else:
            shim.run_again_over(built)
    return _here(args)


def _here(args: argparse.Namespace) -> int:
    """The test environment comes before Django reads its settings, and Django before the trials."""
    import tests.support.environment  # noqa: F401  # read for what it does

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "todoke.settings")
    import django

    django.setup()
    from .all_trials import run_all

    return run_all(args)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="障害の試験")
    parser.add_argument("--database", choices=DATABASES, help="省略時は両方（回数は半分ずつ）")
    parser.add_argument("--kills", type=int, default=KILLS, help=f"強制終了などの回数（既定 {KILLS}）")
    parser.add_argument("--cuts", type=int, default=CUTS, help=f"電源断の回数（既定 {CUTS}、root のみ）")
    parser.add_argument(
        "--sweep", type=int, default=SWEEP, help=f"n 回目の失敗の試行数の上限（既定 {SWEEP}、0 で飛ばす）"
    )
    parser.add_argument("--only", nargs="+", default=[], help="この種類だけ（kills cuts sweep …）")
    parser.add_argument(
        "--share", default="1/1", help="n 回目の失敗を分けて並べて試すとき、その何番目か（例 1/3）"
    )
    parser.add_argument(
        "--resume", type=Path, help="n 回目の失敗: 試した点を一行ずつ書くファイル。あれば、その続きから試す"
    )
    parser.add_argument(
        "--below", nargs="+", default=["var", "database"], choices=("var", "database"),
        help="n 回目の失敗: この下の呼出しだけ",
    )  # fmt: skip
    parser.add_argument(
        "--planted", default="nothing", choices=("nothing", "swallowed_fsync", "swallowed_write"),
        help="n 回目の失敗: 知っている誤りを保管庫に入れる。見つからなければ試験が悪い",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, help="乱数の種")
    return parser.parse_args()


def _each(args: argparse.Namespace) -> int:
    codes = []
    for place, database in enumerate(DATABASES):
        kills = args.kills // 2 + (args.kills % 2 if place == 0 else 0)
        numbers = (
            "--kills",
            kills,
            "--cuts",
            args.cuts,
            "--sweep",
            args.sweep,
            "--seed",
            args.seed,
            "--share",
            args.share,
        )
        words = [sys.executable, "-m", "tests.faults", "--database", database, *map(str, numbers)]
        words += ["--only", *args.only] if args.only else []
        codes.append(subprocess.run(words, check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
