"""What is typed about protected persons."""

from django import forms
from django.core.exceptions import ValidationError

from todoke.casework.protection.values import ProtectionEntry, ProtectionKind


class ProtectionForm(forms.Form):
    """One person for the list; name and birth are asked where no copy of resident records can be looked into."""

    number = forms.RegexField(
        r"\A[A-Za-z0-9-]{1,15}\Z", label="宛名番号", help_text="半角の英数字とハイフン、15文字以内。",
        error_messages={"invalid": "半角の英数字とハイフンだけで、15文字以内にしてください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    kind = forms.ChoiceField(label="理由", choices=ProtectionKind.choices())
    starts_on = forms.DateField(label="開始日", widget=forms.DateInput(attrs={"type": "date"}))
    ends_on = forms.DateField(
        label="終了日", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="この日まで伏せます。空欄なら、終了するまで伏せます。",
    )  # fmt: skip
    name = forms.CharField(
        label="氏名", required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="まだ特定できていない申請と見比べる鍵だけを持ちます。住民記録の写しがあれば空欄でかまいません。",
    )  # fmt: skip
    kana = forms.CharField(
        label="フリガナ",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    birth = forms.DateField(label="生年月日", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, object]:
        """The last day does not lie before the first."""
        typed = super().clean() or {}
        first, last = typed.get("starts_on"), typed.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", ValidationError("開始日以後の日にしてください。"))
        return typed

    def entry(self) -> ProtectionEntry:
        """The line for the list."""
        typed = self.cleaned_data
        birth = typed["birth"].isoformat() if typed["birth"] else ""
        return ProtectionEntry(
            typed["number"], ProtectionKind(typed["kind"]), typed["starts_on"], typed["ends_on"], typed["name"],
            typed["kana"], birth,
        )  # fmt: skip


class ProtectionFileForm(forms.Form):
    """A list as a file."""

    file = forms.FileField(
        label="支援措置対象者の一覧（CSV）",
        help_text="見出し行のあるCSV。一行でも読めない行があれば、何も変えません。一覧から消えた人は伏せたままです。",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )  # fmt: skip


class EndProtectionForm(forms.Form):
    """The last day of a protection, and why."""

    ends_on = forms.DateField()
    reason = forms.CharField(max_length=200)
