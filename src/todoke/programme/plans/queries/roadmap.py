"""The 工程表 of a plan and its copies for people: a workbook to go on with, a table for Word, one page to print."""

import html
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from reportlab.lib import colors
from reportlab.lib.pagesizes import A3, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepInFrame, Paragraph, Spacer, Table, TableStyle

from todoke.foundation import workbooks
from todoke.foundation.fence import current_organisation
from todoke.foundation.organisations import queries as organisations
from todoke.japanese import eras
from todoke.programme.plans.rules import roadmaps
from todoke.programme.plans.values import Roadmap, Span

from .editions import edition_of
from .plans import PlanName, content

FONT = "HeiseiKakuGo-W5"  # named, not embedded: the reader's system has a Japanese font（docs/decisions）
GROUP, ITEM, TARGET = "区分", "取組事項", "【参考】目標時期"
MARGIN = 12 * mm
SIZES = (16.0, 14.0, 12.0, 10.5, 9.0)  # points
HEAD, RUNS = (
    colors.HexColor("#E8F1FE"),
    colors.HexColor("#D9E6FF"),
)  # デジタル庁デザインシステム: blue 50, 100


def roadmap(name: PlanName, *, as_of: date, spans: Mapping[UUID, Span] | None = None) -> Roadmap:
    """The 工程表 of a plan; `spans` come from a forecast or from reports, by item. Raises PlanUnknown."""
    body = organisations.organisation(current_organisation()).name
    found = content(name)
    drawn = roadmaps.roadmap(found, spans or {}, body=body, as_of=eras.written(as_of))
    return replace(drawn, source=edition_of(found.plan).title)


def roadmap_workbook(found: Roadmap, *, at: datetime) -> bytes:
    """The 工程表 as a workbook（.xlsx）that can be edited freely; the vision stands above the table."""
    years, header = [one.label for one in found.years], _header(found)
    rows = [[row.group, row.label, *row.cells, row.target] for row in found.rows]
    notes = [
        f"{found.body}　{found.title}（{found.as_of}現在）",
        *([f"ビジョン：{found.vision}"] if found.vision else []),
        *found.principles,
        *found.notes,
    ]
    widths = {GROUP: 20, ITEM: 36, **dict.fromkeys(years, 30), TARGET: 20}
    sheet = workbooks.Sheet("工程表", header, rows, widths=widths, notes=notes)
    return workbooks.write([sheet], title=f"{found.title} 工程表", at=at)


_WORD_STYLE = (  # what Word reads of CSS: a wide page, lines, and a head that comes again on the next page
    "<style>@page{size:420mm 297mm;mso-page-orientation:landscape;margin:12mm}"
    "body{font-family:'游ゴシック','Yu Gothic',sans-serif;font-size:10.5pt}h1{font-size:16pt}h2{font-size:12pt}"
    "table{border-collapse:collapse;width:100%}th,td{border:0.75pt solid #767676;padding:4pt 6pt;vertical-align:top;"
    "text-align:left}th{background:#E8F1FE}td.runs{background:#E8F1FE}</style>"
)


def roadmap_html(found: Roadmap) -> str:
    """The 工程表 as a plain HTML document that Word opens as a table: headings, one table, no script."""
    title = html.escape(found.title)
    head = "".join(f"<th>{_head(text)}</th>" for text in _header(found))
    rows = "".join(f"<tr>{_word_row(found, number)}</tr>" for number in range(len(found.rows)))
    vision = f"<h2>ビジョン</h2><p>{html.escape(found.vision)}</p>" if found.vision else ""
    lines = "".join(f"<li>{html.escape(one)}</li>" for one in found.principles)
    notes = "".join(f"<p>※{number} {html.escape(one)}</p>" for number, one in enumerate(found.notes, start=1))
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title} 工程表</title>{_WORD_STYLE}</head>'
        f"<body><h1>{html.escape(found.body)}　{title}　工程表（{html.escape(found.as_of)}現在）</h1>"
        f"{vision}{f'<ul>{lines}</ul>' if lines else ''}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        f"{notes}<p>出典：{html.escape(found.source)}</p></body></html>"
    )


def _header(found: Roadmap) -> list[str]:
    return [GROUP, ITEM, *(one.label for one in found.years), TARGET]


def _head(text: str) -> str:
    """A year in both calendars on two lines, as the founding document has it."""
    return html.escape(text).replace("年度（", "年度<br/>（")


def _word_row(found: Roadmap, number: int) -> str:
    """One row; its group stands once for all rows below it, and a 取組事項 of its own takes both columns."""
    row, first = found.rows[number], _first_of_group(found, number)
    if not row.group:
        start = f'<td colspan="2">{html.escape(row.label)}</td>'
    else:
        size = sum(1 for other in range(number, len(found.rows)) if _first_of_group(found, other) == first)
        group = f'<td rowspan="{size}">{html.escape(row.group)}</td>' if number == first else ""
        start = f"{group}<td>{html.escape(row.label)}</td>"
    years = "".join(f"<td{' class=runs' if text else ''}>{html.escape(text)}</td>" for text in row.cells)
    return f"{start}{years}<td>{html.escape(row.target)}</td>"


def _first_of_group(found: Roadmap, number: int) -> int:
    """The first of the rows that stand together under one group with this one."""
    first, group = number, found.rows[number].group
    while group and first and found.rows[first - 1].group == group:
        first -= 1
    return first


def roadmap_pdf(found: Roadmap) -> bytes:
    """The 工程表 on one page（A3, landscape）, in letters as large as fit; when even the smallest do not, all is shrunk."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out, (width, height) = io.BytesIO(), landscape(A3)
    page = Canvas(out, pagesize=(width, height), invariant=1, lang="ja")
    page.setTitle(f"{found.body} {found.title} 工程表")
    inner, room = width - 2 * MARGIN, height - 2 * MARGIN
    size = next((one for one in SIZES if _height(found, inner, room, one) <= room), SIZES[-1])
    frame = KeepInFrame(inner, room, _flowables(found, inner, size), mode="shrink")
    _, used = frame.wrapOn(page, inner, room)
    frame.drawOn(page, MARGIN, height - MARGIN - used)
    page.showPage()
    page.save()
    return out.getvalue()


def _height(found: Roadmap, width: float, room: float, size: float) -> float:
    heights = [one.wrap(width, room)[1] for one in _flowables(found, width, size)]
    return float(sum(heights))


def _flowables(found: Roadmap, width: float, size: float) -> list[Flowable]:
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK")
    title = ParagraphStyle("title", parent=plain, fontSize=size * 1.7, leading=size * 2.4)
    texts = [f"ビジョン：{found.vision}", *(f"・{one}" for one in found.principles)]
    return [
        Paragraph(html.escape(f"{found.body}　{found.title}　工程表（{found.as_of}現在）"), title),
        *(Paragraph(html.escape(text), plain) for text in texts if text != "ビジョン："),
        Spacer(0, 4 * mm),
        _table(found, width, plain),
        Spacer(0, 3 * mm),
        *(
            Paragraph(html.escape(f"※{number} {one}"), plain)
            for number, one in enumerate(found.notes, start=1)
        ),
        Paragraph(html.escape(f"出典：{found.source}"), plain),
    ]


def _table(found: Roadmap, width: float, plain: ParagraphStyle) -> Table:
    rows = [[row.group or row.label, row.label, *row.cells, row.target] for row in found.rows]
    share = width / (4.2 + len(found.years) * 1.8)
    widths = [share * 1.2, share * 1.8, *([share * 1.8] * len(found.years)), share * 1.2]
    table = Table(
        [
            [Paragraph(_head(text), plain) for text in _header(found)],
            *([Paragraph(html.escape(text), plain) for text in line] for line in rows),
        ],
        widths,
        repeatRows=1,
        hAlign="LEFT",
    )
    table.setStyle(
        TableStyle([
            ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#767676")),
            ("BACKGROUND", (0, 0), (-1, 0), HEAD),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 5), ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
            *_spans(found),
        ])
    )  # fmt: skip
    return table


def _spans(found: Roadmap) -> Iterator[tuple[object, ...]]:
    """A group stands once beside its rows; a 取組事項 of its own takes both columns; years in which something runs are blue."""
    for number, row in enumerate(found.rows):
        line = number + 1
        if not row.group:
            yield "SPAN", (0, line), (1, line)
        elif _first_of_group(found, number) < number:
            continue
        else:
            last = max(n for n in range(len(found.rows)) if _first_of_group(found, n) == number)
            yield "SPAN", (0, line), (0, last + 1)
    for number, row in enumerate(found.rows):
        for column, text in enumerate(row.cells, start=2):
            if text:
                yield "BACKGROUND", (column, number + 1), (column, number + 1), RUNS
