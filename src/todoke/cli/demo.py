"""`todoke demo`: the whole journey on invented applications, from a sandbox portal to a sandbox core and back."""

import argparse
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
from django.db import connection

from .processes import (
    ending_together,
    free_port,
    start,
    start_web,
    wait_for_any,
    wait_for_port_file,
    wait_until_listening,
)
from .progress import bars
from .verbs import DONE, NOT_DRAINED, NOT_GOOD, Verb, command_actor, console, print_json

DRAIN_SECONDS = 300
STAGES = {"residents": "架空の住民", "packages": "架空の申請", "links": "番号紐付情報"}
GUEST = "992011-kosodate"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="集計のあと終わる / stop after the summary")
    parser.add_argument("--packages", type=int, default=300, help="申請の件数 / number of applications")
    parser.add_argument("--residents", type=int, default=20_000, help="住民の人数 / number of residents")
    parser.add_argument("--folder", type=Path, default=Path("var/demo"), help="作業フォルダ / working folder")


def _prepare(args: argparse.Namespace) -> None:
    """A fresh folder, and the clock of the samples, before any setting is read; every child inherits both."""
    folder = args.folder.resolve()
    if folder.exists() and not (folder / "demo").exists() and any(folder.iterdir()):
        raise SystemExit(
            f"{folder} はデモのフォルダではありません。空のフォルダを --folder で指定してください。"
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "demo").touch()
    from samples.places import CLOCK  # the moment at which the sample world stands

    os.environ.update(
        {
            "TODOKE_VAR": str(folder),
            "TODOKE_DATABASE_URL": "",
            "TODOKE_DATABASE_OWNER_URL": "",
            "TODOKE_CLOCK_OFFSET_SECONDS": str((CLOCK - datetime.now(UTC)).total_seconds()),
            "TODOKE_RETRY_BASE_SECONDS": "0.2",
        }
    )


def _run(args: argparse.Namespace) -> int:
    _prepare(args)
    django.setup()
    folder = args.folder.resolve()
    children: list[subprocess.Popen[bytes]] = []
    with ending_together(children):
        truth = _make_samples(args, folder / "samples")
        portal, core = _start_sandbox(folder, children)
        _set_up(folder / "samples", portal, core)
        if not _journey(args.packages):
            console().print("[red]処理が終わりませんでした。`todoke doctor` で原因を確かめてください。[/red]")
            return NOT_DRAINED
        is_true = _report(args, folder, truth)
        if args.once or not is_true:
            return DONE if is_true else NOT_GOOD
        return _serve(children)


def _make_samples(args: argparse.Namespace, data: Path) -> Mapping[str, Any]:
    from samples import world

    with bars(STAGES) as tell:
        world.build(data, packages=args.packages, residents=args.residents, progress=tell)
    truth: Mapping[str, Any] = json.loads((data / "truth.json").read_text(encoding="utf-8"))
    return truth


def _start_sandbox(folder: Path, children: "list[subprocess.Popen[bytes]]") -> tuple[str, str]:
    """The addresses of the sandbox portal and the sandbox core, both on free loopback ports."""
    addresses = []
    for name in ("portal", "core"):
        port_file = folder / f"{name}.port"
        places = [
            "--data",
            str(folder / "samples"),
            "--state",
            str(folder / name),
            "--port-file",
            str(port_file),
        ]
        child = start(f"sandbox.{name}", places)
        children.append(child)
        addresses.append(f"http://127.0.0.1:{wait_for_port_file(port_file, child)}")
    return addresses[0], addresses[1]


def _set_up(data: Path, portal: str, core: str) -> None:
    from todoke.foundation.calendars.queries import now

    from . import demo_programme
    from .demo_world import Neighbours, set_up
    from .migrate import bring_up_to_date

    bring_up_to_date()
    set_up(data, Neighbours(portal, core), actor=command_actor(), at=now())
    demo_programme.set_up(actor=command_actor(), at=now())


def _journey(total: int) -> bool:
    """Run the worker until nothing is due; True when everything was drained."""
    from . import lines
    from .work import Worker, drain

    connection.close()
    with bars({job.name: job.label for job in lines.jobs()}) as tell:
        worker = Worker(lambda name, count: tell(name, count, max(count, total)))
        return drain(patience=DRAIN_SECONDS, worker=worker)


def _report(args: argparse.Namespace, folder: Path, truth: Mapping[str, Any]) -> bool:
    """Print the summary, write summary.json, and compare with the truth of the samples."""
    from . import demo_summary

    summary = demo_summary.count()
    text = json.dumps(summary, ensure_ascii=False, indent=2, sort_keys=True)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    screen = console()
    if args.json:
        print_json(dict(summary))
    else:
        screen.print(demo_summary.table(summary))
    expected = truth["summary"]
    wrong = [name for name in expected if summary.get(name) != expected[name]]
    for name in wrong:
        screen.print(f"[red]正解表と違います: {name} 結果 {summary.get(name)} 正解 {expected[name]}[/red]")
    if not wrong:
        screen.print("[green]集計は見本の正解表と一致しました。[/green]")
    return not wrong


def _serve(children: "list[subprocess.Popen[bytes]]") -> int:
    """Open the desk with a one-time sign-in and keep working until Ctrl-C."""
    from todoke.foundation.accounts import queries, services
    from todoke.foundation.calendars.queries import now
    from todoke.foundation.fence import scope

    organisation = queries.organisation_of(GUEST) or ""
    with scope(organisation):
        guest = queries.staff_by_name(GUEST)
        token = services.one_time_link(
            "sign-in", at=now(), staff_id=guest.pk if guest else None, organisation=organisation
        )
    connection.close()
    port = free_port()
    web = start_web("127.0.0.1", port)
    children += [web, start("todoke", ["work"])]
    if not wait_until_listening("127.0.0.1", port, web):
        return NOT_GOOD
    address = f"http://127.0.0.1:{port}/"
    console().print(f"窓口画面: [bold]{address}[/bold]　終了は Ctrl-C")
    console().print(f"サインイン（一度だけ）: [bold]{address}sign-in/{token}/[/bold]", soft_wrap=True)
    return wait_for_any(children)


VERB = Verb(_arguments, _run)
