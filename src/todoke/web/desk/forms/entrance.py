"""What is typed at the entrance: sign-in, first set-up, a new password."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from todoke.foundation.organisations.values import OrganisationKind

PASSWORD_HELP = "12文字以上。よくある言葉や、数字だけのものは使えません。"  # noqa: S105  # words, not a secret


class SignInForm(forms.Form):
    """Name and password."""

    name = forms.CharField(
        label="サインイン名",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="パスワード", max_length=256, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


def _code_field(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=40, help_text=help_text,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false", "class": "short"}
        ),
    )  # fmt: skip


class SecondStepForm(forms.Form):
    """The code that an authenticator shows, or one recovery code."""

    code = _code_field(
        "確認コード", "認証アプリに表示されている6桁の数字。端末がないときは、回復コードを一つ入力します。"
    )


class SetUpSecondStepForm(forms.Form):
    """The first code of a new authenticator."""

    code = _code_field("確認コード", "登録した後に認証アプリに表示される6桁の数字。")


class ProveAgainForm(forms.Form):
    """A code, or the password of whoever has no second step."""

    def __init__(self, *args: object, has_code: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on to Django as they come
        self.has_code = has_code
        self.fields["proof"] = (
            _code_field("確認コード", "認証アプリに表示されている6桁の数字、または回復コード。")
            if has_code
            else forms.CharField(
                label="パスワード", max_length=256, strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )
        )  # fmt: skip


class NewPasswordForm(forms.Form):
    """A new password, twice."""

    password = forms.CharField(
        label="新しいパスワード", max_length=256, strip=False, help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip
    again = forms.CharField(
        label="新しいパスワード（確認）", max_length=256, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def clean_password(self) -> str:
        """Long enough and not among the common ones."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean_again(self) -> str:
        """The same as the first."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("password", again):
            raise ValidationError("二つの入力が一致しません。もう一度入力してください。")
        return again


class ChangePasswordForm(NewPasswordForm):
    """The present password first, where there is one."""

    field_order = ["current", "password", "again"]

    def __init__(self, *args: object, has_password: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on to Django as they come
        if has_password:
            self.fields["current"] = forms.CharField(
                label="現在のパスワード", max_length=256, strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )  # fmt: skip
            self.order_fields(self.field_order)


class SetUpForm(NewPasswordForm):
    """The first body, its first section and its first administrator."""

    field_order = [
        "organisation_code", "organisation_name", "kind", "section_name", "display_name", "sign_in_name", "password",
        "again",
    ]  # fmt: skip

    organisation_code = forms.CharField(
        label="団体コード", max_length=6, help_text="全国地方公共団体コード（6桁、半角数字）。末尾は検査数字です。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
    )  # fmt: skip
    organisation_name = forms.CharField(label="団体名", max_length=100, help_text="例: みなせ市")
    kind = forms.ChoiceField(label="団体の種類", choices=OrganisationKind.choices())
    section_name = forms.CharField(
        label="最初の担当課",
        max_length=100,
        help_text="手続の担当は、いったんすべてこの課になります。あとで分けられます。",
    )
    display_name = forms.CharField(
        label="あなたの氏名", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    sign_in_name = forms.RegexField(
        r"\A[A-Za-z0-9._@-]{3,64}\Z", label="サインイン名",
        help_text="半角の英数字と . _ @ - で3文字以上。",
        error_messages={"invalid": "半角の英数字と . _ @ - だけで、3文字以上64文字以内にしてください。"},
        widget=forms.TextInput(attrs={"autocomplete": "username", "spellcheck": "false", "class": "short"}),
    )  # fmt: skip
