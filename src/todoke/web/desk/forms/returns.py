"""What a clerk types into a 補正依頼: reasons to tick, and the message that goes to the applicant."""

from collections.abc import Iterable

from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator

from todoke.casework.cases import queries as cases
from todoke.casework.cases.values import ProposedReturn, ReturnedFor

from .cases import SeenForm


class LinesField(forms.CharField):
    """Several lines with one kind of line end, so that a limit of characters counts what a person sees."""

    def to_python(self, value: object) -> str:
        """Line ends as the timeline keeps them."""
        return "\n".join(str(super().to_python(value) or "").splitlines())


class ReturnForm(SeenForm):
    """The reasons and the words of a 補正依頼."""

    reasons = forms.MultipleChoiceField(
        label="補正の理由", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "補正の理由を一つ以上選んでください。", "invalid_choice": "補正の理由を選び直してください。"},
        help_text="形式審査の指摘から選んであります。外しても、加えてもかまいません。",
    )  # fmt: skip
    note = LinesField(
        label="申請者への文", max_length=1000, widget=forms.Textarea(attrs={"rows": 12}),
        help_text="申請者にそのまま伝わります。",
    )  # fmt: skip

    def clean_note(self) -> str:
        """Nobody is told to correct 〔項目名〕."""
        note: str = self.cleaned_data["note"]
        if cases.has_gaps(note):
            raise forms.ValidationError("〔 〕の所を、実際の項目名や内容に書き直してください。")
        return note

    def offer(self, proposal: ProposedReturn, limit: int) -> "ReturnForm":
        """Show the reasons that there are, those that the findings suggest first; the channel carries `limit` characters."""
        note = self.fields["note"]
        note.validators = [MaxLengthValidator(limit), ProhibitNullCharactersValidator()]
        note.widget.attrs["maxlength"] = str(limit)
        note.help_text = f"申請者にそのまま伝わります。この受付経路で伝えられるのは{limit:,}文字までです。"
        choices = [(key_of(one.reason), one.words) for one in proposal.reasons]
        self.fields["reasons"].choices = choices  # type: ignore[attr-defined]  # a MultipleChoiceField, see above
        return self


def key_of(reason: ReturnedFor) -> str:
    """A reason as the value of its box."""
    return f"{reason.code}:{reason.field}"


def ticked(proposal: ProposedReturn, keys: Iterable[str]) -> list[ReturnedFor]:
    """The reasons whose boxes are ticked, in their order; what is not offered is left out."""
    chosen = set(keys)
    return [one.reason for one in proposal.reasons if key_of(one.reason) in chosen]
