"""What is typed into the pages of progress."""

from collections.abc import Mapping, Sequence
from datetime import date
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


class IndicatorForm(forms.Form):
    """Which indicator is kept, what for, and where it shall stand by when."""

    source = forms.ChoiceField(label="指標")
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

    def __init__(self, offered: Mapping[str, IndicatorDefinition], *args: Any, **named: Any) -> None:
        """With the indicators that can be kept."""
        super().__init__(*args, **named)
        field = self.fields["source"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, f"{one.label}（{one.unit}）") for code, one in offered.items()]

    def clean(self) -> dict[str, object]:
        """A target has a day, and a day has a target."""
        given = super().clean() or {}
        if (given.get("target") is None) != (given.get("target_on") is None):
            raise forms.ValidationError("目標値と、いつまでにかは、両方を入力してください。")
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
