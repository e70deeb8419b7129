"""What is typed into the pages of progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from todoke.programme.packs.values import IndicatorDefinition
from todoke.programme.progress.values import Indicator

MOST_BYTES = 16 * 1024 * 1024


class WorkbookForm(forms.Form):
    """A filled-in workbook."""

    file = forms.FileField(
        label="記入したExcelファイル（.xlsx）", widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"})
    )

    def clean_file(self) -> object:
        """No larger than a workbook can be."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError("ファイルが大きすぎます（16MBまで）。")
        return file


def as_of_in(asked: QueryDict, today: date) -> date:
    """The day that is asked for, never later than today; today for nonsense."""
    try:
        return min(date.fromisoformat(asked.get("as_of", "")), today)
    except ValueError:
        return today


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be kept: indicators by id, procedures（code, name）, which are by procedure too, which are kept already."""

    indicators: Mapping[str, IndicatorDefinition]
    procedures: Sequence[tuple[str, str]]
    by_procedure: frozenset[str]
    kept: frozenset[str]


class TargetForm(forms.Form):
    """What an indicator is for, and where it shall stand by when."""

    purpose = forms.CharField(
        label="何のための指標か", max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    target = forms.DecimalField(
        label="目標値", required=False, max_digits=18, decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )  # fmt: skip
    target_on = forms.DateField(
        label="いつまでに", required=False, widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )

    def clean(self) -> dict[str, object]:
        """A target has a day, and a day has a target."""
        given = super().clean() or {}
        if (given.get("target") is None) != (given.get("target_on") is None):
            raise forms.ValidationError("目標値と、いつまでにかは、両方を入力してください。")
        return given

    @property
    def meant(self) -> tuple[Decimal, date] | None:
        """The target that was typed; None for none."""
        target, target_on = self.cleaned_data["target"], self.cleaned_data["target_on"]
        return None if target is None else (target, target_on)


class IndicatorForm(TargetForm):
    """Which indicator is kept, what for, and where it shall stand by when."""

    source = forms.ChoiceField(label="指標")
    procedure = forms.ChoiceField(
        label="手続", required=False,
        help_text="届の申請の記録から値が入る指標は、一つの手続だけについても測れます。",
    )  # fmt: skip

    def __init__(self, offered: Offered, *args: Any, **named: Any) -> None:
        """With the indicators that can be kept, and the procedures for which one can be."""
        super().__init__(*args, **named)
        self.offered = offered
        source, procedure = self.fields["source"], self.fields["procedure"]
        assert isinstance(source, forms.ChoiceField)
        assert isinstance(procedure, forms.ChoiceField)
        source.choices = [(code, f"{one.label}（{one.unit}）") for code, one in offered.indicators.items()]
        procedure.choices = [("", "すべての手続"), *offered.procedures]

    def clean(self) -> dict[str, object]:
        """One procedure only for what casework feeds, and nothing twice."""
        given = super().clean()
        source, procedure = str(given.get("source") or ""), str(given.get("procedure") or "")
        if procedure and source and source not in self.offered.by_procedure:
            self.add_error(
                "procedure", "この指標は、手続ごとには測れません。「すべての手続」を選んでください。"
            )
        if (f"{source}@{procedure}" if procedure else source) in self.offered.kept:
            self.add_error(
                "source", "この指標はもう加えてあります。ほかの指標か、ほかの手続を選んでください。"
            )
        return given


class ValueForm(forms.Form):
    """A value of an indicator as of a day, or why there is none."""

    code = forms.ChoiceField(label="指標")
    as_of = forms.DateField(
        label="いつの値か", widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )
    value = forms.DecimalField(
        label="値", required=False, max_digits=18, decimal_places=4,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "short"}),
    )  # fmt: skip
    missing = forms.CharField(
        label="値がないときの理由", required=False, max_length=200, help_text="例: 調査していない"
    )
    source_text = forms.CharField(
        label="出どころ", required=False, max_length=400, help_text="資料の名前など"
    )

    def __init__(self, kept: Sequence[Indicator], *args: Any, **named: Any) -> None:
        """With the indicators that are kept."""
        super().__init__(*args, **named)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, f"{one.label}（{one.unit}）") for one in kept]
