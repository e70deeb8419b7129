"""The Japanese names of sheets and columns of a pack's workbook."""

from collections.abc import Mapping

SHEET_WORDS: Mapping[str, str] = {
    "cover": "表紙", "nodes": "項目", "links": "前後関係", "windows": "期間", "deadlines": "期限", "succession": "前の版との対応",
    "supports": "財政支援", "indicators": "指標", "adjustments": "見積りの変更", "codelists": "コード一覧",
}  # fmt: skip

WORDS: Mapping[str, str] = {
    "pack": "手順書のURN", "edition": "版", "release": "改訂番号", "title": "題名", "publisher": "発行者", "issued": "公表日",
    "url": "掲載場所", "retrieved": "参照日", "note": "注記", "supersedes": "前の版", "overlays": "重なる手順書",
    "overlay_edition": "重なる版", "subject": "種類", "begins": "始まり", "ends": "終わり", "text": "文",
    "unrecorded": "未収録の事項",
    "id": "番号", "label": "名前", "kind": "種類", "parent": "親の番号", "number": "印刷の番号", "repeat_over": "繰り返す一覧",
    "applies_if": "対象の条件", "early_startable": "早期着手", "low": "最短（日）", "likely": "通常（日）", "high": "最長（日）",
    "basis": "数値の根拠", "responsible": "行う人", "accountable": "責任を負う人", "consulted": "相談する人",
    "effort": "手間（人日）",
    "deliverables": "成果物", "done_when": "完了の条件", "cites": "出典（頁｜場所）", "tags": "印", "checks": "確認の式",
    "before": "前", "after": "後", "type": "つながり", "lag": "間の日数", "strength": "根拠", "applies_to": "対象の番号",
    "is_freeze": "凍結", "node": "対象の番号", "on": "日付", "relation": "関係", "covers": "対象経費", "nodes": "対象の番号",
    "apply_by": "交付申請", "report_by": "実績報告", "unit": "単位", "definition": "定義", "official": "公の指標",
    "source": "出典",
    "higher_is_better": "大きいほど良い", "group": "区分", "code": "コード", "aliases": "別名", "attributes": "属性",
}  # fmt: skip
