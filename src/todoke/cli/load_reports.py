"""What the verbs that load files of rows share: their options, and what they tell of a load."""

import argparse

from todoke.casework.residents.values import LoadReport

from .verbs import console


def add_load_arguments(parser: argparse.ArgumentParser, *, profile: str) -> None:
    """The options of every load."""
    parser.add_argument("--organisation", required=True, help="団体コード / the body")
    parser.add_argument(
        "--differential", action="store_true", help="差分として取り込む / as a difference, not in full"
    )
    parser.add_argument("--profile", default=profile, help="列のレイアウト / layout of the columns")
    parser.add_argument(
        "--allow-bad-rows",
        action="store_true",
        help="不備のある行を除いて切り替える / go live without the bad rows",
    )


def as_json(report: LoadReport) -> dict[str, object]:
    """A report as JSON-able data; bad lines by number and column, never by content."""
    return {
        "kind": report.kind.value,
        "rows": report.rows,
        "carried": report.carried,
        "bad_rows": report.bad_rows,
        "current": report.is_current,
        "bad": [{"line": one.line, "column": one.column} for one in report.bad],
    }


def tell(report: LoadReport) -> None:
    """Print a report for people."""
    screen = console()
    for one in report.bad:
        screen.print(f"CSV-240 {one.line}行目: {one.column} が正しくありません。", markup=False)
    if report.is_current:
        screen.print(f"{report.rows}件を取り込み、切り替えました（引き継いだ履歴 {report.carried}件）。")
    else:
        screen.print(
            f"不備が{report.bad_rows}行あるため切り替えていません。ファイルを直して取り込み直してください。"
            "このまま使うときは --allow-bad-rows を付けてください。"
        )
