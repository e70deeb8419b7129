"""What is typed before something is disposed of, held, or let go again."""

from django import forms

from todoke.casework.disposal.values import Ground, HoldTarget

NO_NAMES = "監査のために残ります。氏名などの個人の情報は書かないでください。"


class ListForm(forms.Form):
    """Why a list is proposed or confirmed; the hash says what the page showed."""

    shown = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    reason = forms.CharField(
        label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), help_text=NO_NAMES
    )


class DropForm(forms.Form):
    """Why a list is taken back or sent back."""

    reason = forms.CharField(label="取りやめる理由", max_length=200, help_text=NO_NAMES)


class HoldForm(forms.Form):
    """What must not go, and why."""

    target = forms.ChoiceField(label="停止する範囲", choices=[(one.value, one.label) for one in HoldTarget])
    meant = forms.CharField(
        label="対象", max_length=64, required=False,
        help_text="手続なら番号（P01など）。申請なら、申請の画面のアドレスにある番号。団体のすべてなら空のまま。",
    )  # fmt: skip
    ground = forms.ChoiceField(label="理由の区分", choices=[(one.value, one.label) for one in Ground])
    reason = forms.CharField(
        label="停止の理由", max_length=200, help_text=f"事件番号や請求の受付番号など。{NO_NAMES}"
    )


class LiftForm(forms.Form):
    """Why a hold ends."""

    reason = forms.CharField(max_length=200)
