"""Appointing a colleague."""

from collections.abc import Sequence

from django import forms

from todoke.foundation.accounts.values import Role, RoleGiven
from todoke.foundation.organisations.values import SectionRef
from todoke.web.desk.approvals import KINDS

WHOLE_BODY = ""


class AloneForm(forms.Form):
    """Which kind of decision somebody may confirm alone, and why."""

    kind = forms.ChoiceField(label="決定の種類", choices=[(kind, one.words) for kind, one in KINDS.items()])
    reason = forms.CharField(label="理由", max_length=200)


class StaffForm(forms.Form):
    """Name, sign-in name, roles, and the section for which they are given."""

    display_name = forms.CharField(
        label="氏名", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sign_in_name = forms.RegexField(
        r"\A[A-Za-z0-9._@-]{3,64}\Z", label="サインイン名", help_text="半角の英数字と . _ @ - で3文字以上。",
        error_messages={"invalid": "半角の英数字と . _ @ - だけで、3文字以上64文字以内にしてください。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label="役割", choices=Role.choices(), widget=forms.CheckboxSelectMultiple,
        help_text="必要な役割だけを選んでください。選ばない役割の操作はできません。",
        error_messages={"required": "役割を一つ以上選んでください。"},
    )  # fmt: skip
    section = forms.ChoiceField(
        label="担当", required=False, help_text="課を選ぶと、その課が担当する申請だけを扱えます。"
    )

    def __init__(self, *args: object, sections: Sequence[SectionRef], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on to Django as they come
        choices = [(WHOLE_BODY, "団体全体"), *((str(one.id), one.name) for one in sections)]
        self.fields["section"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, see above

    def appointments(self) -> list[RoleGiven]:
        """The roles as accounts take them."""
        section = self.cleaned_data["section"]
        return [
            RoleGiven(Role(role), int(section) if section else None) for role in self.cleaned_data["roles"]
        ]


def _last_day(help_text: str) -> forms.DateField:
    return forms.DateField(
        label="最終日", required=False, help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}, format="%Y-%m-%d"),
    )  # fmt: skip


class LastDayForm(forms.Form):
    """Until which day an account counts."""

    until = _last_day(
        "異動や退職の日。この日まで使え、翌日から使えなくなります。空にすると、終わりを決めません。"
    )


class RoleForm(forms.Form):
    """One role for one section or the whole body, until a day or for good."""

    role = forms.ChoiceField(label="役割", choices=Role.choices())
    section = forms.ChoiceField(label="担当", required=False)
    role_until = _last_day("応援や兼務など、期間が決まっているときだけ。")

    def __init__(self, *args: object, sections: Sequence[SectionRef], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on to Django as they come
        choices = [(WHOLE_BODY, "団体全体"), *((str(one.id), one.name) for one in sections)]
        self.fields["section"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, see above

    def appointment(self) -> RoleGiven:
        """The role as accounts take it."""
        typed = self.cleaned_data
        section = int(typed["section"]) if typed["section"] else None
        return RoleGiven(Role(typed["role"]), section, typed["role_until"])
