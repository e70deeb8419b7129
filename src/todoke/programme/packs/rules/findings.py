"""What is not good about an edition: every id, link, cycle, date and expression, and the map from the edition before.

All findings at once, each with a sentence that says what to do.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from todoke.programme.packs.errors import ExpressionInvalid
from todoke.programme.packs.values import NOT_RECORDED, Edition, Finding, Node, NodeKind, Weight

from .circles import circle_among
from .expressions import parse
from .succession_findings import succession_findings

SENTENCES: Mapping[str, tuple[Weight, str]] = {
    "PCK-201": (Weight.FAULT, "番号「{what}」が二度あります。番号は一つの版に一度だけ使ってください。"),
    "PCK-202": (Weight.FAULT, "「{what}」という項目はありません。番号を確かめてください。"),
    "PCK-203": (Weight.FAULT, "親子が輪になっています（{what}）。親の番号を直してください。"),
    "PCK-204": (Weight.FAULT, "前後関係が輪になっています（{what}）。どれか一本を外してください。"),
    "PCK-205": (Weight.FAULT, "コード一覧「{what}」はありません。codelists に加えるか、名前を直してください。"),
    "PCK-206": (Weight.FAULT, "条件の式が読めません（{what}）。式を直してください。"),
    "PCK-207": (Weight.FAULT, "日数は 最短 ≦ 通常 ≦ 最長 で、0以上にしてください（{what}）。"),
    "PCK-208": (Weight.FAULT, "自分自身や、自分の親・子とは前後関係を結べません（{what}）。"),
    "PCK-209": (Weight.FAULT, "コード「{what}」または別名が一覧に二度あります。どちらかを消してください。"),
    "PCK-210": (Weight.FAULT, "同じ前後関係が二度あります（{what}）。一つにしてください。"),
    "PCK-211": (Weight.FAULT, "追加データでない版に adjustments は書けません。項目を直接変えてください。"),
    "PCK-212": (Weight.FAULT, "期間の終わりが始まりより前です（{what}）。日付を確かめてください。"),
    "PCK-213": (Weight.DOUBT, "期限（{what}）が、この版の公表日より前です。日付を確かめてください。"),
    "PCK-214": (Weight.DOUBT, "期限に日付も言葉もありません。分からないときは「未収録」と書いてください。"),
    "PCK-215": (Weight.DOUBT, "作業に所要日数がありません。工程表では0日になります。"),
    "PCK-216": (Weight.NOTE, "出典の{what}が未収録です。分かったら補ってください。"),
    "PCK-217": (Weight.NOTE, "早期に着手できるか未収録の作業が{what}件あります。"),
    "PCK-218": (Weight.FAULT, "コードのない一覧は繰り返しに使えません（{what}）。コードを加えてください。"),
    "PCK-219": (Weight.FAULT, "下の版にある番号「{what}」は使えません。追加データには別の番号を付けてください。"),
    "PCK-220": (Weight.DOUBT, "重ねる相手の版が手元にないため、番号の突合せはしていません（{what}）。"),
}  # fmt: skip


def finding(code: str, where: str, what: object = "") -> Finding:
    """One finding of this table."""
    weight, sentence = SENTENCES[code]
    return Finding(weight, code, where, sentence.format(what=what))


def check(edition: Edition, *, before: Edition | None = None, below: Edition | None = None) -> list[Finding]:
    """Everything that is not good, the heaviest first.

    `before` is the edition that it supersedes, `below` the one that an overlay lies over: without them, what refers to
    them is not judged, and that is a finding itself.
    """
    known = {one.id for one in edition.nodes} | ({one.id for one in below.nodes} if below else set())
    is_loose = bool(edition.overlays) and below is None
    found = [
        *_ids(edition, below),
        *(() if is_loose else _references(edition, known)),
        *_nodes(edition, below),
        *_parents(edition),
        *_links(edition),
        *_codelists(edition),
        *_dates(edition),
        *_source(edition),
        *succession_findings(edition, before),
    ]
    if is_loose:
        found.append(finding("PCK-220", "overlays", edition.overlays))
    if edition.adjustments and not edition.overlays:
        found.append(finding("PCK-211", "adjustments"))
    order = list(Weight)
    return sorted(found, key=lambda one: order.index(one.weight))


def is_sound(findings: Iterable[Finding]) -> bool:
    """Whether nothing keeps the edition from being taken over."""
    return all(one.weight is not Weight.FAULT for one in findings)


def _ids(edition: Edition, below: Edition | None) -> Iterator[Finding]:
    for part in ("nodes", "windows", "supports", "indicators"):
        counts = Counter(one.id for one in getattr(edition, part))
        yield from (finding("PCK-201", f"{part} {one}", one) for one, times in counts.items() if times > 1)
        taken = {one.id for one in getattr(below, part)} if below else set()
        yield from (finding("PCK-219", f"{part} {one}", one) for one in counts if one in taken)


def _references(edition: Edition, known: set[str]) -> Iterator[Finding]:
    for where, node in _meant(edition):
        if node not in known:
            yield finding("PCK-202", where, node)


def _meant(edition: Edition) -> Iterator[tuple[str, str]]:
    """Every place that names a node of the edition, with the name."""
    for node in edition.nodes:
        if node.parent:
            yield f"nodes {node.id}", node.parent
    for link in edition.links:
        yield f"links {link.before} → {link.after}", link.before
        yield f"links {link.before} → {link.after}", link.after
    for window in edition.windows:
        yield from ((f"windows {window.id}", one) for one in window.applies_to)
    yield from ((f"deadlines {one.node}", one.node) for one in edition.deadlines)
    yield from ((f"adjustments {one.node}", one.node) for one in edition.adjustments)
    for support in edition.supports:
        yield from ((f"supports {support.id}", one) for one in support.nodes)
    for indicator in edition.indicators:
        yield from ((f"indicators {indicator.id}", one) for one in indicator.nodes)


def _nodes(edition: Edition, below: Edition | None) -> Iterator[Finding]:
    lists = {**(below.codelists if below else {}), **edition.codelists}
    parents = {one.parent for one in edition.nodes}
    for node in edition.nodes:
        where = f"nodes {node.id}"
        yield from _expressions(where, (node.applies_if, *node.checks))
        if node.repeat_over and node.repeat_over not in lists and (below or not edition.overlays):
            yield finding("PCK-205", where, node.repeat_over)
        if node.repeat_over and node.repeat_over in lists and not lists[node.repeat_over]:
            yield finding("PCK-218", where, node.repeat_over)
        estimate = node.estimate
        if estimate and not 0 <= estimate.low <= estimate.likely <= estimate.high:
            yield finding("PCK-207", where, f"{estimate.low:g}・{estimate.likely:g}・{estimate.high:g}")
        if estimate is None and node.kind is NodeKind.TASK and node.id not in parents:
            yield finding("PCK-215", where)


def _expressions(where: str, expressions: Iterable[str]) -> Iterator[Finding]:
    for one in expressions:
        if not one.strip():
            continue
        try:
            parse(one)
        except ExpressionInvalid as broken:
            yield finding("PCK-206", where, f"{broken.facts['reason']}、{broken.facts['at']}文字目")


def _parents(edition: Edition) -> Iterator[Finding]:
    circle = circle_among({one.id: [one.parent] for one in edition.nodes if one.parent})
    if circle:
        yield finding("PCK-203", f"nodes {circle[0]}", " → ".join(circle))


def _links(edition: Edition) -> Iterator[Finding]:
    above = {one.id: one.parent for one in edition.nodes}
    for link in edition.links:
        where = f"{link.before} → {link.after}"
        if link.before in _line(link.after, above) or link.after in _line(link.before, above):
            yield finding("PCK-208", f"links {where}", where)
    counts = Counter((one.before, one.after, one.type) for one in edition.links)
    for (before, after, kind), times in counts.items():
        if times > 1:
            yield finding("PCK-210", f"links {before} → {after}", f"{before} → {after} {kind}")
    after_of: dict[str, list[str]] = {}
    for link in edition.links:
        after_of.setdefault(link.before, []).append(link.after)
    circle = circle_among(after_of)
    if circle:
        yield finding("PCK-204", f"links {circle[0]}", " → ".join(circle))


def _line(node: str, above: Mapping[str, str]) -> list[str]:
    """A node and those above it; stops where a line is a circle."""
    found: list[str] = []
    while node and node not in found:
        found.append(node)
        node = above.get(node, "")
    return found


def _codelists(edition: Edition) -> Iterator[Finding]:
    for name, concepts in edition.codelists.items():
        words = Counter(word for one in concepts for word in {one.code, one.label, *one.aliases})
        yield from (finding("PCK-209", f"codelists {name}", one) for one, times in words.items() if times > 1)
        for one in concepts:
            yield from _expressions(f"codelists {name} {one.code}", (one.applies_if,))


def _dates(edition: Edition) -> Iterator[Finding]:
    issued, period = edition.source.issued, edition.period
    for one in edition.deadlines:
        where = f"deadlines {one.node}"
        if one.on and issued and one.on < issued:
            yield finding("PCK-213", where, one.on.isoformat())
        if one.on is None and not one.text:
            yield finding("PCK-214", where)
    if period.begins and period.ends and period.ends < period.begins:
        yield finding("PCK-212", "period", period.text)


def _source(edition: Edition) -> Iterator[Finding]:
    source = edition.source
    missing = (("公表日", source.issued is None), ("掲載場所（URL）", source.url == NOT_RECORDED))
    yield from (finding("PCK-216", "source", word) for word, is_missing in missing if is_missing)
    unknown = [one for one in _tasks(edition.nodes) if one.early_startable is None]
    if unknown:
        yield finding("PCK-217", "nodes", len(unknown))


def _tasks(nodes: Sequence[Node]) -> list[Node]:
    return [one for one in nodes if one.kind is NodeKind.TASK]
