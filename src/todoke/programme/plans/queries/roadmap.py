"""The 工程表 of a plan and its copies for people: a workbook to go on with, a table for Word, one page to print."""

import html
import io
from collections.abc import Mapping, Sequence
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


def roadmap(name: PlanName, *, as_of: date, spans: Mapping[UUID, Span] | None = None) -> Roadmap:
    """The 工程表 of a plan; `spans` come from a forecast or from reports, by item. Raises PlanUnknown."""
    body = organisations.organisation(current_organisation()).name
    found = content(name)
    drawn = roadmaps.roadmap(found, spans or {}, body=body, as_of=eras.written(as_of))
    return replace(drawn, source=edition_of(found.plan).title)


def roadmap_workbook(found: Roadmap, *, at: datetime) -> bytes:
    """The 工程表 as a workbook（.xlsx）that can be edited freely; the vision stands above the table."""
    years = [one.label for one in found.years]
    header = [GROUP, ITEM, *years, TARGET]
    rows = [[row.group, row.label, *row.cells, row.target] for row in found.rows]
    notes = [
        f"{found.body}　{found.title}（{found.as_of}現在）",
        f"ビジョン：{found.vision}",
        *found.principles,
        *found.notes,
    ]
    widths = {GROUP: 20, ITEM: 36, **dict.fromkeys(years, 30), TARGET: 20}
    sheet = workbooks.Sheet("工程表", header, rows, widths=widths, notes=notes)
    return workbooks.write([sheet], title=f"{found.title} 工程表", at=at)


def roadmap_html(found: Roadmap) -> str:
    """The 工程表 as a plain HTML document that Word opens as a table: headings, one table, no script."""

    def cells(tag: str, texts: Sequence[str]) -> str:
        return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in texts)

    head = cells("th", [GROUP, ITEM, *(one.label for one in found.years), TARGET])
    rows = "".join(
        f"<tr>{cells('td', [row.group, row.label, *row.cells, row.target])}</tr>" for row in found.rows
    )
    lines = "".join(f"<li>{html.escape(one)}</li>" for one in found.principles)
    notes = "".join(f"<p>※{number} {html.escape(one)}</p>" for number, one in enumerate(found.notes, start=1))
    return (
        f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{html.escape(found.title)} 工程表</title></head>'
        f"<body><h1>{html.escape(found.body)} {html.escape(found.title)} 工程表</h1><p>{html.escape(found.as_of)}現在</p>"
        f"<h2>ビジョン</h2><p>{html.escape(found.vision)}</p><ul>{lines}</ul>"
        f'<table border="1"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{notes}</body></html>'
    )


def roadmap_pdf(found: Roadmap) -> bytes:
    """The 工程表 on one page（A3, landscape）: everything is shrunk as far as it takes to fit."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out, (width, height) = io.BytesIO(), landscape(A3)
    page = Canvas(out, pagesize=(width, height), invariant=1, lang="ja")
    page.setTitle(f"{found.body} {found.title} 工程表")
    margin = 12 * mm
    frame = KeepInFrame(
        width - 2 * margin, height - 2 * margin, _flowables(found, width - 2 * margin), mode="shrink"
    )
    _, used = frame.wrapOn(page, width - 2 * margin, height - 2 * margin)
    frame.drawOn(page, margin, height - margin - used)
    page.showPage()
    page.save()
    return out.getvalue()


def _flowables(found: Roadmap, width: float) -> list[Flowable]:
    plain = ParagraphStyle("plain", fontName=FONT, fontSize=9, leading=12, wordWrap="CJK")
    title = ParagraphStyle("title", parent=plain, fontSize=18, leading=24)
    texts = [f"ビジョン：{found.vision}", *(f"・{one}" for one in found.principles)]
    return [
        Paragraph(html.escape(f"{found.body}　{found.title}　工程表（{found.as_of}現在）"), title),
        *(Paragraph(html.escape(text), plain) for text in texts if text != "ビジョン："),
        Spacer(0, 3 * mm),
        _table(found, width, plain),
        *(
            Paragraph(html.escape(f"※{number} {one}"), plain)
            for number, one in enumerate(found.notes, start=1)
        ),
        Paragraph(html.escape(f"出典：{found.source}"), plain),
    ]


def _table(found: Roadmap, width: float, plain: ParagraphStyle) -> Table:
    header = [GROUP, ITEM, *(one.label for one in found.years), TARGET]
    rows = [[row.group, row.label, *row.cells, row.target] for row in found.rows]
    share = width / (4.5 + len(found.years) * 1.6)
    widths = [share * 1.2, share * 2.1, *([share * 1.6] * len(found.years)), share * 1.2]
    table = Table(
        [[Paragraph(html.escape(text), plain) for text in line] for line in [header, *rows]],
        widths,
        repeatRows=1,
        hAlign="LEFT",
    )
    table.setStyle(
        TableStyle([
            ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#767676")),
            ("BACKGROUND", (0, 0), (-1, 0), colors.HexColor("#E8F1FE")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ])
    )  # fmt: skip
    return table
