"""What is typed for a decision and for the close of a month."""

from collections.abc import Sequence
from datetime import date

from django import forms

from todoke.programme.forecast.values import ForecastRef
from todoke.programme.review.values import Option, Outcome, SignalKind

DAY = {"type": "date"}
LINES = {"rows": 3}
NO_NAMES = "職員や住民の氏名は書かないでください。"


class OpenForm(forms.Form):
    """What moved, and how things stand（Observe）."""

    title = forms.CharField(label="件名", max_length=200)
    kind = forms.ChoiceField(label="気付いたきっかけ", choices=[(one.value, one.label) for one in SignalKind])
    before = forms.CharField(
        label="前はどうだったか", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    after = forms.CharField(
        label="どう変わったか", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    situation = forms.CharField(
        label="状況", required=False, max_length=4000, widget=forms.Textarea(attrs=LINES), help_text=NO_NAMES
    )


class OptionForm(forms.Form):
    """One way to go（Orient）."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    label = forms.CharField(label="案の説明", max_length=400)
    scenario = forms.ChoiceField(
        label="保存した案の見通し", required=False, help_text="「もしもの案」で保存した見通しを付けられます。"
    )

    def __init__(self, scenarios: Sequence[ForecastRef], *args: object, **named: object) -> None:
        """With the kept scenarios of the plan."""
        super().__init__(*args, **named)  # type: ignore[arg-type]  # Django's own signature, handed on
        field = self.fields["scenario"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", "付けない"),
                *((str(one.uuid), f"{one.name}（{one.as_of}）") for one in scenarios),
            ]


class DecideForm(forms.Form):
    """Which option, why, looked at again by when, and what of the plan is changed for it（Decide, Act）."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    chosen = forms.ChoiceField(label="選ぶ案", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="決めた理由", max_length=2000, widget=forms.Textarea(attrs=LINES), help_text=NO_NAMES
    )
    review_by = forms.DateField(label="振り返る日", widget=forms.DateInput(attrs=DAY))
    difference = forms.CharField(
        label="このために変える計画の内容", required=False, max_length=4000, widget=forms.Textarea(attrs=LINES),
        help_text="一行に一つ書いてください。計画そのものは、計画の画面で変えます。",
    )  # fmt: skip

    def __init__(self, options: Sequence[Option], *args: object, **named: object) -> None:
        """With the options of the card."""
        super().__init__(*args, **named)  # type: ignore[arg-type]  # Django's own signature, handed on
        field = self.fields["chosen"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(str(number), one.label) for number, one in enumerate(options)]


class ReviewForm(forms.Form):
    """Whether it did what was meant, and what was learnt."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="結果", choices=[(one.value, one.label) for one in Outcome], widget=forms.RadioSelect
    )
    learnt = forms.CharField(
        label="分かったこと", max_length=2000, widget=forms.Textarea(attrs=LINES), help_text=NO_NAMES
    )


class DropCardForm(forms.Form):
    """Why no decision is needed any more."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label="取りやめる理由", max_length=400)


class MonthForm(forms.Form):
    """Which month is closed."""

    month = forms.RegexField(
        r"\A20\d\d-(0[1-9]|1[0-2])\Z", label="締める月", widget=forms.TextInput(attrs={"type": "month"})
    )

    def first(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")


class CloseForm(MonthForm):
    """What was shown is signed; a second close of a month says why."""

    month = forms.RegexField(r"\A20\d\d-(0[1-9]|1[0-2])\Z", widget=forms.HiddenInput)
    shown = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    comment = forms.CharField(
        label="ひとこと",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=LINES),
        help_text=NO_NAMES,
    )
    reason = forms.CharField(
        label="締め直す理由",
        required=False,
        max_length=400,
        help_text="すでに締めた月のときだけ書いてください。",
    )
