"""`todoke serve`: the desk, and beside it one worker; on an empty installation the way to the first sign-in."""

import argparse
import subprocess
import tempfile

from django.conf import settings
from django.db import connection

from todoke.casework.gauges import PANEL
from todoke.foundation import traces
from todoke.foundation.accounts import queries as accounts
from todoke.foundation.accounts import services as account_services
from todoke.foundation.backup.services import refuse_while_restoring
from todoke.foundation.calendars.queries import now
from todoke.foundation.lookout import Lookout

from . import processes
from .migrate import bring_up_to_date
from .verbs import NOT_GOOD, Verb, console
from .watched import looked_after


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="待ち受けるアドレス / address to listen on")
    parser.add_argument(
        "--port", type=int, default=8000, help="待ち受けるポート（0は空きポート） / port, 0 for a free one"
    )
    parser.add_argument(
        "--web-only", action="store_true", help="自動処理を起動しない / no worker beside the web server"
    )
    parser.add_argument(
        "--no-migrate", action="store_true", help="データベースを更新しない / leave the database as it is"
    )
    parser.add_argument("--processes", type=int, default=1, help="Webの並列数 / number of web processes")


def _run(args: argparse.Namespace) -> int:
    refuse_while_restoring()
    port = args.port or processes.free_port()
    if processes.is_taken(args.host, port):
        console().print(f"ポート {port} は使われています。--port でほかの番号を指定してください。")
        return NOT_GOOD
    traces.check()
    if not args.no_migrate:
        bring_up_to_date()
    address = f"http://{args.host}:{port}/"
    is_new = not accounts.any_staff()
    path = f"setup/{account_services.one_time_link('setup', at=now())}/" if is_new else ""
    connection.close()
    with tempfile.TemporaryDirectory(prefix="todoke-meters-") as counted_in:
        children: list[subprocess.Popen[bytes]] = []
        with processes.ending_together(children):
            web = processes.start_web(
                args.host, port, args.processes, environment={"PROMETHEUS_MULTIPROC_DIR": counted_in}
            )
            children.append(web)
            if not args.web_only:
                children.append(processes.start("todoke", ["work"]))
            if not processes.wait_until_listening(args.host, port, web):
                console().print(
                    f"[red]起動できません。ポート {port} が使われていないか確かめてください。[/red]"
                )
                return NOT_GOOD
            console().print(f"Todoke（届）を開始しました: {address}　終了は Ctrl-C")
            if is_new:
                console().print(
                    f"初回設定（一度だけ、24時間以内）: [bold]{address}{path}[/bold]", soft_wrap=True
                )
            with looked_after(settings.TODOKE_LOOKOUT_LISTEN, Lookout(PANEL.gauges, counted_in=counted_in)):
                return processes.wait_for_any(children)


VERB = Verb(_arguments, _run)
