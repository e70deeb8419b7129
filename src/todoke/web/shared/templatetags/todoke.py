"""The tags of the screens: dates in 和暦, sizes, icons, badges, form fields."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django import template
from django.forms import BoundField, CheckboxSelectMultiple, RadioSelect
from django.utils.html import format_html
from django.utils.safestring import SafeString

from todoke.foundation.calendars.queries import japanese_date
from todoke.foundation.errors import SENTENCES, sentence_of
from todoke.japanese.variants import visible
from todoke.web.shared import badges, dates, icons

register = template.Library()


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """A day as `<time>` in 和暦."""
    if value is None:
        return SafeString("－")
    plain = japanese_date(value) if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', plain.isoformat(), dates.day_words(value))


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A moment as `<time>` in 和暦 and Japanese time."""
    if value is None:
        return SafeString("－")
    return format_html(
        '<time datetime="{}">{}</time>', dates.machine_moment(value), dates.moment_words(value)
    )


@register.filter
def month(value: date) -> str:
    """「令和8年4月」: the month of a day."""
    return dates.day_words(value).partition("月")[0] + "月"


@register.filter
def hundredths(value: int) -> str:
    """What is counted in hundredths, to one place: 150 → 1.5."""
    return f"{value / 100:,.1f}"


@register.filter
def permille(value: int) -> str:
    """A difference of chances in points with its sign: -35 → -3.5."""
    return f"{value / 10:+.1f}"


@register.filter
def chance(value: int | None) -> str:
    """A chance in permille as it is read; what was only never seen otherwise is not called certain."""
    if value is None:
        return "－"
    return "99％以上" if value >= 1000 else "1％未満" if value < 10 else f"{value // 10}％"


@register.filter
def share(value: Fraction | None) -> str:
    """A share as per cent to one place, rounded down so that 100 means all; what is not known is no zero."""
    return "－" if value is None else f"{int(value * 1000) / 10:.1f}％"


@register.filter
def of_thousand(value: int | None) -> str:
    """Thousandths as per cent to one place; what is not known is no zero."""
    return "－" if value is None else f"{value / 10:.1f}％"


@register.filter
def plain(value: Decimal | None) -> str:
    """An exact number without needless zeros and never with an exponent; what is not known is no zero."""
    return "－" if value is None else f"{value.normalize():,f}"


@register.filter
def isoday(value: date | None) -> str:
    """A day as 2026-04-01, for tables of two thousand rows."""
    return value.isoformat() if value else "－"


@register.filter
def age(value: timedelta) -> str:
    """How old something is, in days and hours."""
    hours = value // timedelta(hours=1)
    return f"{hours // 24}日{hours % 24}時間" if hours >= 24 else f"{hours}時間"


@register.filter
def size(value: int) -> str:
    """A number of bytes in a unit that can be read."""
    if value < 1_000:
        return f"{value:,} バイト"
    if value < 1_000_000:
        return f"{value / 1_000:,.1f} KB"
    return f"{value / 1_000_000:,.1f} MB"


@register.filter
def sentence(code: str, facts: Mapping[str, str] | None = None) -> str:
    """The Japanese sentence of a finding's code; the code itself where there is none."""
    return sentence_of(code, facts) if code in SENTENCES or "sentence" in (facts or {}) else code


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline sign without meaning of its own: words stand beside it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        icons.PATHS[name],
    )


@register.simple_tag
def badge(state: object, words: str = "") -> SafeString:
    """A state with its label, sign and tone; nothing for no state."""
    if not state:
        return SafeString("－")
    look = badges.look_of(str(getattr(state, "value", state)))
    label = words or getattr(state, "label", str(state))
    return format_html('<span class="badge {}">{}{}</span>', look.tone, icon(look.icon), label)


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, css: str = "") -> dict[str, object]:
    """A form field with label, help and error, tied together for screen readers."""
    is_group = isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple)
    described = [f"{bound.id_for_label or bound.auto_id}-help"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.id_for_label or bound.auto_id}-error")
    attributes: dict[str, str | bool] = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if css:
        attributes["class"] = css
    return {
        "bound": bound, "is_group": is_group, "id": bound.id_for_label or bound.auto_id,
        "described": " ".join(described), "widget": bound if is_group else bound.as_widget(attrs=attributes),
    }  # fmt: skip


@register.inclusion_tag("components/mistakes.html")
def mistakes(form: object) -> dict[str, object]:
    """The list of what has to be corrected, each linked to its field."""
    return {"form": form}


@register.filter
def birth(value: str) -> str:
    """A date of birth in 和暦 where it is a date, else as it was written."""
    return dates.written_day_words(value) or "－"


@register.filter
def number_kind(value: str) -> str:
    """The kind of a number in words."""
    kinds = {"atena": "宛名番号", "kaigo-hihokensha": "被保険者番号", "hojin-bango": "法人番号"}
    return kinds.get(value, value)


@register.filter
def answered(value: str) -> SafeString:
    """An answer as it was sent, invisible characters made visible; beside a date or moment its 和暦 in Japanese time."""
    beside = dates.era_beside(value)
    return format_html('{} <span class="quiet">（{}）</span>', value, beside) if beside else marked(value)


@register.filter
def marked(value: str) -> SafeString:
    """Text from outside with its invisible characters made visible（T08）."""
    return format_html("{}", visible(value))
