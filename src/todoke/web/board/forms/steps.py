"""What is typed into the tools of step 0 and 1."""

from collections.abc import Mapping

from django import forms
from django.http import QueryDict

from todoke.foundation.organisations.values import SectionRef
from todoke.programme.plans.services import WorkshopGiven
from todoke.programme.plans.values import FindingKind

MOST_OF_A_GROUP = 5000


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date", "class": "short"}))


class RoundForm(forms.Form):
    """A round of the staff survey."""

    title = forms.CharField(label="調査の名前", max_length=100, help_text="例: 令和8年度 第1回")
    smallest_group = forms.IntegerField(
        label="結果を出す最小の人数", min_value=3, max_value=100, initial=5,
        help_text="これより少ない課の結果は表示しません。3人以上です。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )  # fmt: skip


def numbers_in(posted: QueryDict, sections: list[SectionRef]) -> Mapping[str, int]:
    """How many codes each 課 gets; what is no number counts as none."""
    typed = {one.name: posted.get(f"number-{one.id}", "") for one in sections}
    return {
        name: min(int(text), MOST_OF_A_GROUP) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
        for name, text in typed.items()
    }


class StatementForm(forms.Form):
    """What the head says."""

    office = forms.CharField(
        label="役職", max_length=60, help_text="氏名ではなく役職を書きます（例: 市長）。"
    )
    text = forms.CharField(label="メッセージ", max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    stated_on = _day("表明した日")


class WorkshopForm(forms.Form):
    """A service-design workshop."""

    title = forms.CharField(label="名前", max_length=100)
    held_on = _day("開いた日")
    service = forms.CharField(label="対象のサービス", max_length=200, help_text="例: 転入と子育ての手続")
    persona = forms.CharField(
        label="どんな人のためか", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="実在の人の名前は書かないでください。",
    )  # fmt: skip
    stages = forms.CharField(
        label="利用者の道のり", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="一行に一つの場面（例: 調べる、役所に行く、待つ、書く）。",
    )  # fmt: skip
    participants = forms.CharField(
        label="参加した人", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="種類=人数 を一行に一つ（例: 住民=4）。氏名は書かないでください。",
    )  # fmt: skip

    def clean_participants(self) -> dict[str, int]:
        """Numbers by kind."""
        found: dict[str, int] = {}
        for line in self.cleaned_data["participants"].splitlines():
            kind, _, number = line.replace("＝", "=").rpartition("=")
            if line.strip() and not (kind.strip() and number.strip().isdecimal() and len(number.strip()) < 5):
                raise forms.ValidationError("「住民=4」のように、種類と人数を一行に一つ書いてください。")
            if line.strip():
                found[kind.strip()] = int(number)
        return found

    def given(self) -> WorkshopGiven:
        """As it is recorded."""
        typed = self.cleaned_data
        return WorkshopGiven(
            typed["title"], typed["held_on"], typed["service"], typed["persona"], tuple(typed["stages"].splitlines()),
            typed["participants"],
        )  # fmt: skip


class FindingForm(forms.Form):
    """One thing that a workshop found."""

    kind = forms.ChoiceField(label="種類", choices=[(one.value, one.label) for one in FindingKind])
    stage = forms.CharField(label="どの場面か", required=False, max_length=100)
    text = forms.CharField(label="気づき", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class TakeForm(forms.Form):
    """What becomes of a finding: an item of a plan, or left aside with a reason."""

    finding = forms.UUIDField()
    act = forms.ChoiceField(choices=[("take", "take"), ("leave", "leave")])
    plan = forms.UUIDField(required=False)
    label = forms.CharField(required=False, max_length=500)
    reason = forms.CharField(required=False, max_length=500)
