"""`todoke relay pull`: read every channel now, once, without waiting for the worker's rhythm."""

import argparse
import os
import socket

from todoke.casework import journey
from todoke.casework.relay import queries, services
from todoke.foundation.calendars.queries import now
from todoke.foundation.fence import scope
from todoke.foundation.leases import Claimant, JobContext
from todoke.foundation.organisations.queries import organisations

from .verbs import DONE, NOT_GOOD, Verb, console, print_json


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="団体コード（省略時は全団体） / one body only")


def _run(args: argparse.Namespace) -> int:
    stored: dict[str, int] = {}
    failed = False
    for body in organisations():
        if args.organisation in {None, body.code}:
            by = Claimant(f"{socket.gethostname()}:{os.getpid()}", now())
            context = JobContext(body.code, by, 1000)
            with scope(body.code):
                services.make_channels_due(at=by.now)
            journey.read_channels(context)
            with scope(body.code, read_only=True):
                runs = queries.last_runs()
            stored[body.code] = sum(run.stored for run in runs)
            failed = failed or any(not run.is_complete for run in runs)
    if args.json:
        print_json({"stored": stored, "complete": not failed})
    else:
        for code, count in stored.items():
            console().print(f"{code}: {count}件を受信しました。")
        if failed:
            console().print("読み切れなかった経路があります。自動で続きから再試行します（`todoke doctor`）。")
    return NOT_GOOD if failed else DONE


VERB = Verb(_arguments, _run)
