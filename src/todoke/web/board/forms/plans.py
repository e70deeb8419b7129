"""What is typed into the pages of plans. Forms check shape; the services check meaning."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django import forms

from todoke.foundation.accounts import queries as accounts
from todoke.foundation.organisations import queries as organisations
from todoke.programme.packs import queries as packs
from todoke.programme.packs.values import EditionRef, Node
from todoke.programme.plans import queries
from todoke.programme.plans.values import (
    BodyWindow,
    Capacity,
    CapacityKind,
    Item,
    ItemField,
    ItemState,
    PlanKind,
    WindowKind,
    month_day,
)
from todoke.web.board.plans_view import packs_by_kind

DAY = r"\A(1[0-2]|0?[1-9])-(3[01]|[12][0-9]|0?[1-9])\Z"
HELP = {
    ItemField.ESTIMATE: "短い/見込み/長い を執務日で（例: 20/40/90）",
    ItemField.EFFORT: "役割=人日 を一行に一つ（例: 業務主管課=15）",
    ItemField.REASON: "対象外にするときは必須です。あとで説明できるよう、記録に残ります。",
    ItemField.FIXED_START: "決まっているときだけ入力します。空なら、前後関係から計算します。",
}


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")


class StartForm(forms.Form):
    """From which guideline a plan is made, and its name."""

    source = forms.ChoiceField(label="計画の種類と手順書", widget=forms.RadioSelect)
    title = forms.CharField(label="計画の名前", max_length=100, help_text="例: 標準化・共通化の計画")

    def __init__(self, *args: Any, **named: Any) -> None:  # as Django's own form
        """Offer what the packs offer today."""
        super().__init__(*args, **named)
        self.offered: dict[str, tuple[PlanKind, EditionRef]] = {}
        choices = []
        for kind, some in packs_by_kind().items():
            for pack in some:
                for ref in reversed(_editions(pack.pack)):
                    code = f"{kind.value}|{ref}"
                    self.offered[code] = (kind, ref)
                    choices.append((code, f"{kind.label}：{pack.title}　{ref.edition}版"))
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def _editions(pack: str) -> tuple[EditionRef, ...]:
    return packs.editions(pack)


class ItemForm(forms.Form):
    """The fields of an item, with what the page showed of each and the version that it showed."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, item: Item, *args: Any, **named: Any) -> None:
        """As the item stands; `item` says which fields and choices there are."""
        super().__init__(*args, **named)
        shown = queries.typed_fields(item)
        self.initial.setdefault("version", item.version)
        for field, text in shown.items():
            self.fields[field.value] = _field(field, item)
            self.fields[f"seen-{field.value}"] = forms.CharField(
                required=False, strip=False, widget=forms.HiddenInput
            )
            self.initial.setdefault(field.value, text)
            self.initial.setdefault(f"seen-{field.value}", text)
        self.names = tuple(shown)

    def shown_fields(self) -> list[forms.BoundField]:
        """What a person sees."""
        return [self[field.value] for field in self.names]

    def hidden(self) -> list[forms.BoundField]:
        """What goes along."""
        return [self["version"], *(self[f"seen-{field.value}"] for field in self.names)]

    def typed(self, prefix: str = "") -> Mapping[ItemField, str]:
        """What was typed（or, with the prefix, what was seen）, with one kind of line end."""
        return {
            field: self.cleaned_data[f"{prefix}{field.value}"].replace("\r\n", "\n") for field in self.names
        }


def _field(field: ItemField, item: Item) -> forms.Field:
    help_text = HELP.get(field, "")
    if field is ItemField.SECTION:
        choices = [("", "－"), *((str(one.id), one.name) for one in organisations.sections())]
        return forms.ChoiceField(label=field.label, choices=choices, required=False)
    if field is ItemField.PERSON:
        staff = [("", "－"), *((str(one.pk), one.display_name) for one in accounts.all_staff())]
        return forms.ChoiceField(label=field.label, choices=staff, required=False)
    if field is ItemField.STATE:
        here = item.state if item.counts else (ItemState.LOCAL if item.is_local else ItemState.ACTIVE)
        states = [(here.value, "対象にする"), (ItemState.OUT_OF_SCOPE.value, ItemState.OUT_OF_SCOPE.label)]
        return forms.ChoiceField(label=field.label, choices=states)
    if field in {ItemField.DEADLINE, ItemField.FIXED_START, ItemField.FIXED_FINISH}:
        return forms.CharField(
            label=field.label, required=False, widget=_day(), help_text=help_text, max_length=20
        )
    if field in {ItemField.EFFORT, ItemField.NOTE}:
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(
            label=field.label, required=False, widget=area, help_text=help_text, max_length=500
        )
    return forms.CharField(
        label=field.label, required=field is ItemField.LABEL, help_text=help_text, max_length=500
    )


ROW_FIELDS = (
    ItemField.SECTION, ItemField.PERSON, ItemField.FIXED_START, ItemField.FIXED_FINISH, ItemField.DEADLINE,
    ItemField.ESTIMATE,
)  # fmt: skip


class RowForm(ItemForm):
    """What of an item is changed on its line of the roadmap: who, when, how long."""

    def __init__(self, item: Item, *args: Any, **named: Any) -> None:
        """As the item stands; the page that opens it leads the keyboard to the first field."""
        super().__init__(item, *args, **named)
        for field in set(self.names) - set(ROW_FIELDS):
            del self.fields[field.value], self.fields[f"seen-{field.value}"]
        self.names = ROW_FIELDS


class LocalItemForm(forms.Form):
    """An item of the body's own."""

    label = forms.CharField(label="名称", max_length=500)
    section = forms.ChoiceField(label="担当課", required=False)
    deadline = forms.CharField(label="目標時期", required=False, widget=_day(), max_length=20)
    estimate = forms.CharField(
        label="所要日数", required=False, help_text=HELP[ItemField.ESTIMATE], max_length=40
    )
    note = forms.CharField(
        label="備考", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=500
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        """With the 課 of the body."""
        super().__init__(*args, **named)
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "－"), *((str(one.id), one.name) for one in organisations.sections())]

    def typed(self) -> Mapping[ItemField, str]:
        """What was typed."""
        return {ItemField(name): text for name, text in self.cleaned_data.items() if text}


class PlanForm(forms.Form):
    """The name, vision and principles of a plan."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    title = forms.CharField(label="計画の名前", max_length=100)
    vision = forms.CharField(
        label="ビジョン", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    principles = forms.CharField(
        label="進め方の原則", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一行に一つ。",
    )  # fmt: skip


class WindowForm(forms.Form):
    """A span of every year in which something may begin, or may not."""

    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="種類", choices=[(one.value, one.label) for one in WindowKind])
    label = forms.CharField(label="名前", max_length=100, help_text="例: 9月定例会、繁忙期（税の当初賦課）")
    begins = forms.RegexField(DAY, label="始まり（月-日）", max_length=5, help_text="例: 09-01")
    ends = forms.RegexField(
        DAY, label="終わり（月-日）", max_length=5, help_text="始まりより前なら、年をまたぎます。"
    )
    is_freeze = forms.BooleanField(
        label="この間は始められない（凍結）",
        required=False,
        help_text="選ばなければ、この間にだけ始められます。",
    )
    applies_to = forms.MultipleChoiceField(
        label="対象の作業", widget=forms.SelectMultiple(attrs={"size": 6}), initial=["*"],
        help_text="いくつか選べます（Ctrl を押しながら）。",
    )  # fmt: skip

    def __init__(self, nodes: Sequence[Node], *args: Any, **named: Any) -> None:
        """With the work of the edition that the plan pins."""
        super().__init__(*args, **named)
        field = self.fields["applies_to"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            ("*", "すべての作業"),
            *((one.id, f"{one.number} {one.label}".strip()) for one in nodes),
        ]

    def window(self) -> BodyWindow:
        """As it is meant."""
        given = self.cleaned_data
        return BodyWindow(
            given["uuid"] or uuid4(), WindowKind(given["kind"]), given["label"], month_day(given["begins"]),
            month_day(given["ends"]), tuple(given["applies_to"]),
            given["is_freeze"], version=given["version"] or 1,
        )  # fmt: skip


class CapacityForm(forms.Form):
    """What a role or a vendor can do at one time."""

    uuid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="だれの", choices=[(one.value, one.label) for one in CapacityKind])
    name = forms.CharField(label="役割または事業者", max_length=200)
    units = forms.FloatField(
        label="同時にできる量", min_value=0, max_value=10_000,
        help_text="職員は人数（常勤に換算。半分の時間なら0.5）、事業者は同時に進められる作業の数。",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )  # fmt: skip
    begins = forms.DateField(label="この日から", required=False, widget=_day())
    ends = forms.DateField(label="この日まで", required=False, widget=_day())

    def capacity(self) -> Capacity:
        """As it is meant."""
        given = self.cleaned_data
        return Capacity(
            given["uuid"] or uuid4(), CapacityKind(given["kind"]), given["name"], given["units"], given["begins"],
            given["ends"], version=given["version"] or 1,
        )  # fmt: skip


class PartForm(forms.Form):
    """Which part of a plan goes out, as it was shown."""

    uuid = forms.UUIDField()
    version = forms.IntegerField(min_value=0)

    def part(self) -> UUID:
        """Its name."""
        found: UUID = self.cleaned_data["uuid"]
        return found
