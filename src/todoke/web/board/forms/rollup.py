"""What is typed into the pages of the roll-up. Forms check shape; the services check meaning."""

from collections.abc import Mapping

from django import forms

from todoke.programme.rollup import queries
from todoke.programme.rollup.values import Field, FieldKind, SupportKind, SupportState

NO_NAMES = "氏名などの個人の情報は書かないでください。"


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d")


class SubmitForm(forms.Form):
    """A submission of what the page showed."""

    shown = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)


class WithdrawForm(forms.Form):
    """Why a submission is taken back."""

    reason = forms.CharField(label="取り下げる理由", max_length=200, help_text=NO_NAMES)


class PublicationForm(forms.Form):
    """A file of a publication."""

    layout = forms.ChoiceField(label="公表資料の様式")
    as_of = forms.DateField(label="公表資料の時点", widget=_day())
    file = forms.FileField(label="ファイル（ExcelかCSV）")

    def __init__(self, *args: object, **named: object) -> None:
        """With the layouts at hand."""
        super().__init__(*args, **named)  # type: ignore[arg-type]  # as Django's own form takes them
        choices = [(one.code, f"{one.title}（{one.edition}）") for one in queries.layouts()]
        self.fields["layout"] = forms.ChoiceField(label="公表資料の様式", choices=choices)


class AskForm(forms.Form):
    """An enquiry."""

    title = forms.CharField(label="件名", max_length=200)
    text = forms.CharField(
        label="依頼文", max_length=10_000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    form = forms.CharField(
        label="質問", max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="一行に一つ。「問い｜種類｜選択肢、選択肢」。種類は文・数・選択・日付。必ず答えてほしい問いは、先頭に*を付けます。"
        "個人の情報は問わないでください。",
    )  # fmt: skip
    due_on = forms.DateField(label="回答期限", widget=_day())


class ReturnForm(forms.Form):
    """What is done with an answer."""

    act = forms.ChoiceField(choices=[("remind", ""), ("return", ""), ("accept", ""), ("close", "")])
    body = forms.RegexField(r"\A[0-9]{6}\Z", required=False)
    reason = forms.CharField(max_length=400, required=False)


class SupportForm(forms.Form):
    """One entry of the ledger, for one or more bodies."""

    kind = forms.ChoiceField(label="支援の種類", choices=SupportKind.choices())
    title = forms.CharField(label="支援の名前", max_length=200, help_text=NO_NAMES)
    item = forms.CharField(
        label="対象の取組", max_length=200, required=False, help_text="例: ⑤ ベンダへの情報提供依頼（RFI）"
    )
    begins = forms.DateField(label="始まりの日", widget=_day())
    ends = forms.DateField(label="終わりの日", required=False, widget=_day())
    bodies = forms.MultipleChoiceField(label="市区町村", widget=forms.CheckboxSelectMultiple)

    def __init__(self, names: Mapping[str, str], *args: object, **named: object) -> None:
        """With the bodies below."""
        super().__init__(*args, **named)  # type: ignore[arg-type]  # as Django's own form takes them
        self.fields["bodies"] = forms.MultipleChoiceField(
            label="市区町村", widget=forms.CheckboxSelectMultiple, choices=list(names.items())
        )


class OutcomeForm(forms.Form):
    """Where a piece of support stands."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label="状態", choices=SupportState.choices())
    outcome = forms.CharField(
        label="結果",
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=NO_NAMES,
    )


def answer_form(
    fields: tuple[Field, ...], data: Mapping[str, str] | None, initial: Mapping[str, str]
) -> forms.Form:
    """The form of an enquiry as its asker made it."""
    form = forms.Form(data, initial=dict(initial))
    for one in fields:
        form.fields[one.code] = _asked(one)
    return form


def _asked(one: Field) -> forms.Field:
    if one.kind is FieldKind.CHOICE:
        choices = [("", "選んでください"), *((text, text) for text in one.choices)]
        return forms.ChoiceField(label=one.label, required=one.is_required, choices=choices)
    if one.kind is FieldKind.TEXT:
        widget = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(label=one.label, required=one.is_required, max_length=4000, widget=widget)
    help_text = "例: 2026-04-01" if one.kind is FieldKind.DATE else "半角の数字"
    return forms.CharField(label=one.label, required=one.is_required, max_length=40, help_text=help_text)
