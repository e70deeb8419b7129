"""Which core system a person means, and why sending begins again although the ledgers do not agree."""

from django import forms


class LedgerForm(forms.Form):
    """The core system whose ledger, as last fetched, is taken as right."""

    system = forms.CharField(max_length=40, widget=forms.HiddenInput)


class TheirsForm(forms.Form):
    """The row of which the core's content stands, and why; our content then never leaves."""

    row = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    reason = forms.CharField(max_length=200, required=False)


class ResumeForm(LedgerForm):
    """The core system to which is sent again after a restore; where the ledgers differ, the reason is asked for."""

    reason = forms.CharField(
        label="再開する理由", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="台帳が一致していないときは必ず書いてください。監査のために残ります。個人の情報は書かないでください。",
    )  # fmt: skip
