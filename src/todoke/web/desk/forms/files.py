"""What a clerk types before a file is opened, and before a seal is lifted."""

from django import forms


class OpeningForm(forms.Form):
    """Why a file is opened that is not simply open."""

    reason = forms.CharField(
        label="開く理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="何のために開くか。監査のために残ります。氏名などの個人の情報は書かないでください。",
    )  # fmt: skip


class SealForm(forms.Form):
    """Why a sealed original shall be opened; the hash says what the page showed."""

    shown = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    reason = forms.CharField(
        label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="なぜ原本が要るか、何を確かめたか。監査のために残ります。氏名などの個人の情報は書かないでください。",
    )  # fmt: skip
