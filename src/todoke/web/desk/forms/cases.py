"""What a clerk types about a case: a change of status, a decision on who somebody is, why a hold may end."""

from collections.abc import Sequence

from django import forms

from todoke.casework.cases.values import CaseStatus, Move, WithdrawalAnswer
from todoke.casework.identify.values import ATENA, CORPORATE_NUMBER, INSURED_NUMBER, NumberDecision

NUMBER_KINDS = [
    (ATENA, "宛名番号"),
    (INSURED_NUMBER, "介護保険の被保険者番号"),
    (CORPORATE_NUMBER, "法人番号"),
]


class SeenForm(forms.Form):
    """A form about a case as the clerk saw it: a later version is never overwritten."""

    version = forms.IntegerField(min_value=1, max_value=2_147_483_647, widget=forms.HiddenInput)


class MoveForm(SeenForm):
    """Where to, and why. Any status may be sent: which one is allowed is for the table of transitions to say."""

    to = forms.ChoiceField(
        label="変更後の処理状況", widget=forms.RadioSelect, choices=CaseStatus.choices(),
        error_messages={"required": "変更後の処理状況を選んでください。"},
    )  # fmt: skip
    note = forms.CharField(
        label="理由・連絡事項", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="補正依頼・却下・取下げなどでは必ず入力します。通知する変更では申請者に伝わります。",
    )  # fmt: skip

    def offer(self, moves: Sequence[Move]) -> "MoveForm":
        """Show only the moves that may be taken from here."""
        choices = [(one.to.value, one.to.label + _mark(one)) for one in moves]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, see above
        return self

    def wanted(self) -> CaseStatus:
        """The status that was chosen."""
        return CaseStatus(self.cleaned_data["to"])


def _mark(move: Move) -> str:
    marks = [
        words
        for words, holds in (("理由が必要", move.needs_note), ("申請者に通知", move.tells_applicant))
        if holds
    ]
    return f"（{'・'.join(marks)}）" if marks else ""


class PartyForm(SeenForm):
    """The number of a person, of which kind it is, and why the clerk is sure."""

    number = forms.RegexField(
        r"\A[A-Za-z0-9-]{1,15}\Z", label="番号", required=False,
        help_text="住民記録などで確かめた番号。半角の英数字とハイフン、15文字以内。候補を選んだときは空のまま。",
        error_messages={"invalid": "半角の英数字とハイフンだけで、15文字以内にしてください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label="番号の種類", choices=NUMBER_KINDS)
    reason = forms.CharField(
        label="決定の理由", max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="何を見て、なぜ本人と判断したか。監査のために残ります。",
    )  # fmt: skip

    candidate = forms.RegexField(
        r"\A[a-z][a-z0-9-]{0,31}:[A-Za-z0-9-]{1,15}\Z", required=False, widget=forms.HiddenInput
    )

    def clean(self) -> dict[str, object]:
        """A typed number, or a chosen candidate; of both, the typed one would be a surprise, so neither is taken."""
        typed: dict[str, object] = super().clean() or self.cleaned_data
        chosen, number = str(typed.get("candidate") or ""), str(typed.get("number") or "")
        if chosen and number:
            self.add_error("number", "候補を選ぶか、番号を入力するか、どちらか一つにしてください。")
        elif chosen:
            typed["kind"], _, typed["number"] = chosen.partition(":")
        elif not number and "number" not in self.errors:
            self.add_error("number", "候補を選ぶか、番号を入力してください（必須）。")
        return typed

    def decision(self) -> NumberDecision:
        """What was decided, as identification takes it."""
        typed = self.cleaned_data
        return NumberDecision(typed["number"], typed["reason"], typed["kind"])


class ConfirmForm(SeenForm):
    """The second person's word on what is shown; `shown` is the hash of exactly that."""

    shown = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    reason = forms.CharField(
        label="確認した内容", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="何を見て、本人と確認したか。監査のために残ります。",
    )  # fmt: skip


class DropForm(SeenForm):
    """Why a proposal is taken back or sent back."""

    reason = forms.CharField(label="取りやめる理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class ReleaseForm(SeenForm):
    """Why a held case may go on."""

    note = forms.CharField(
        label="確かめたこと", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="どちらの申請を使うかなど、保留の理由を解消した根拠。監査のために残ります。",
    )  # fmt: skip


class WithdrawalForm(ReleaseForm):
    """What becomes, in the core system, of an application that was withdrawn after it had left."""

    answer = forms.ChoiceField(
        label="基幹への取消し", widget=forms.RadioSelect, choices=WithdrawalAnswer.choices(),
        error_messages={"required": "基幹への取消しの扱いを選んでください。"},
    )  # fmt: skip
    note = forms.CharField(
        label="確かめたこと", max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="取下げの申出と、基幹の処理がどこまで進んでいるか。監査のために残ります。",
    )  # fmt: skip
    field_order = ("version", "answer", "note")

    def offer(self, *, may_send: bool) -> "WithdrawalForm":
        """Show only the ways that there are."""
        ways = [one for one in WithdrawalAnswer if may_send or one is not WithdrawalAnswer.SEND]
        choices = [(one.value, one.label) for one in ways]
        self.fields["answer"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, see above
        return self

    def wanted(self) -> WithdrawalAnswer:
        """The way that was chosen."""
        return WithdrawalAnswer(self.cleaned_data["answer"])
