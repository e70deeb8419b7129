"""What if: the changes that somebody wants to see the effect of; any number of them, at least one."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from todoke.programme.forecast.values import (
    AcceptLater,
    AddPerson,
    BoughtSlots,
    Branch,
    BranchChange,
    DropScope,
    Network,
    SharedProcurement,
    ShiftStart,
)

DAY = {"type": "date"}


class BranchForm(forms.Form):
    """Every field may stay empty; what is filled in is one branch."""

    name = forms.CharField(
        label="案の名前", max_length=100, required=False, help_text="保存するときの名前です。"
    )
    resource = forms.ChoiceField(label="増やす役割・事業者", required=False)
    units = forms.DecimalField(
        label="増やす人数・枠", required=False, min_value=0, max_value=100, decimal_places=1,
        help_text="0.5人のようにも書けます。",
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    since = forms.DateField(label="いつから", required=False, widget=forms.DateInput(attrs=DAY))
    until = forms.DateField(label="いつまで", required=False, widget=forms.DateInput(attrs=DAY))
    dropped = forms.MultipleChoiceField(
        label="外す事務・手続", required=False, widget=forms.CheckboxSelectMultiple
    )
    later = forms.MultipleChoiceField(
        label="期限を延ばす事務・手続（特定移行支援システム）",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    deadline = forms.DateField(label="延ばした期限", required=False, widget=forms.DateInput(attrs=DAY))
    shared = forms.MultipleChoiceField(
        label="共同で行う作業", required=False, widget=forms.CheckboxSelectMultiple
    )
    percent = forms.IntegerField(
        label="自団体に残る作業量（％）", required=False, min_value=1, max_value=100, initial=50,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    start = forms.DateField(
        label="始めていない取組の開始を、この日まで遅らせる",
        required=False,
        widget=forms.DateInput(attrs=DAY),
    )

    def __init__(self, network: Network, given: Any = None) -> None:  # Django's data has no common type
        """With the roles, 事務 and work of the plan to choose from."""
        super().__init__(given)
        self._vendors = {one.resource for one in network.capacities if one.is_vendor}
        stated = [
            (one.resource, f"{one.label}（{'事業者の枠' if one.is_vendor else '人'}）")
            for one in network.capacities
        ]
        _offer(self, "resource", [("", "選ばない"), *stated])
        open_ones = [one for one in network.activities if not one.is_hidden]
        concepts = sorted({(one.concept, one.concept_label) for one in open_ones if one.concept})
        for name in ("dropped", "later"):
            _offer(self, name, concepts)
        _offer(self, "shared", list(dict.fromkeys((one.node, one.label) for one in open_ones if one.node)))

    def clean(self) -> dict[str, Any]:
        """Halves of a change are told, and a branch without one."""
        given = super().clean() or {}
        if bool(given.get("resource")) != bool(given.get("units")):
            self.add_error("units", "役割と人数は、両方を入力してください。")
        if bool(given.get("later")) != bool(given.get("deadline")):
            self.add_error("deadline", "期限を延ばす事務と、延ばした期限は、両方を入力してください。")
        if not self.errors and not list(self._changes()):
            self.add_error("resource", "変える内容を一つ以上入力してください。")
        return given

    def branch(self) -> Branch:
        """What was asked, as the engine takes it."""
        return Branch(self.cleaned_data["name"] or "もしもの案", tuple(self._changes()))

    def _changes(self) -> Iterator[BranchChange]:
        given = self.cleaned_data
        if given.get("resource") and given.get("units"):
            kind = BoughtSlots if given["resource"] in self._vendors else AddPerson
            yield kind(given["resource"], round(given["units"] * 100), given["since"], given["until"])
        if given.get("dropped"):
            yield DropScope(tuple(given["dropped"]))
        if given.get("later") and given.get("deadline"):
            yield AcceptLater(tuple(given["later"]), given["deadline"])
        if given.get("shared"):
            yield SharedProcurement(tuple(given["shared"]), given.get("percent") or 50)
        if given.get("start"):
            yield ShiftStart(given["start"])


def _offer(form: forms.Form, name: str, choices: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)
