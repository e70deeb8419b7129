"""Files that a person brings: packages downloaded from the portal, number links."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from todoke.casework.identify.values import LoadKind
from todoke.casework.relay.values import ChannelKind, ChannelRef

MOST_FILES = 200


class FilesInput(forms.ClearableFileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(widget=FilesInput(attrs={"accept": ".zip,application/zip"}), **kwargs)  # type: ignore[arg-type]  # Django's own

    def clean(self, data: object, initial: object = None) -> list["UploadedFile[bytes]"]:
        """Each file on its own, empty ones included: what is wrong with them is said per file."""
        files = [one for one in data if isinstance(one, UploadedFile)] if isinstance(data, Iterable) else []
        if not files:
            raise ValidationError("ファイルを選んでください。")
        if len(files) > MOST_FILES:
            raise ValidationError(
                f"一度に取り込めるのは{MOST_FILES}ファイルまでです。分けて取り込んでください。"
            )
        return files


class ImportForm(forms.Form):
    """ZIPs and the channel they came by."""

    channel = forms.ChoiceField(
        label="受付経路", help_text="ファイルのレイアウトは受付経路ごとに決まっています。"
    )
    packages = FilesField(
        label="申請データ（ZIP）",
        help_text="ポータルから保存したままの「受付番号.zip」を選んでください。複数選べます。",
    )

    def __init__(self, *args: object, channels: Sequence[ChannelRef], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on to Django as they come
        order = sorted(channels, key=lambda one: one.kind is not ChannelKind.HAND)
        choices = [(one.name, f"{one.name}（{one.kind.label}）") for one in order]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField, see above


class LinksForm(forms.Form):
    """One file of number links and how it is to be taken."""

    kind = forms.ChoiceField(
        label="取込方法", choices=LoadKind.choices(), widget=forms.RadioSelect, initial=LoadKind.FULL
    )
    file = forms.FileField(
        label="番号紐付情報（CSV）",
        help_text="見出し行のあるCSV。一行でも読めない行があれば、今の情報のまま何も変えません。",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )  # fmt: skip
    allow_bad_rows = forms.BooleanField(label="読めない行を除いて取り込む", required=False)


class RecordsForm(LinksForm):
    """One file of resident records and how it is to be taken."""

    file = forms.FileField(
        label="住民記録の写し（CSV）",
        help_text="見出し行のあるCSV。一行でも読めない行があれば、今の写しのまま何も変えません。",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )  # fmt: skip


class ChannelForm(forms.Form):
    """A channel by which packages arrive. The password lies in a file on the server, never in the database."""

    name = forms.RegexField(
        r"\A[a-z0-9-]{2,32}\Z", label="経路の名前", help_text="半角の英小文字、数字、ハイフン。例: portal",
        error_messages={"invalid": "半角の英小文字、数字、ハイフンだけで、2文字以上32文字以内にしてください。"},
    )  # fmt: skip
    kind = forms.ChoiceField(label="種類", choices=ChannelKind.choices())
    profile = forms.CharField(label="経路の設定ファイル", max_length=200, initial="watched-folder")
    layout = forms.CharField(label="申請データのレイアウト", max_length=200, initial="pittari-xml-sample")
    base_url = forms.CharField(
        label="ポータルのアドレス", max_length=200, required=False, help_text="連携APIのとき。"
    )
    provider_id = forms.CharField(
        label="ポータルの利用者ID", max_length=64, required=False, help_text="連携APIのとき。"
    )
    password_file = forms.CharField(
        label="パスワードファイルの場所",
        max_length=400,
        required=False,
        help_text="連携APIのとき。サーバー上の場所。",
    )
    authority_file = forms.CharField(
        label="信頼する認証局の証明書の場所", max_length=400, required=False,
        help_text="連携APIのとき。PEM。空欄なら、サーバーのOSが信頼する認証局。",
    )  # fmt: skip
    certificate_file = forms.CharField(
        label="こちらの証明書の場所", max_length=400, required=False,
        help_text="接続先が相互TLSを求めるとき。PEM。",
    )  # fmt: skip
    key_file = forms.CharField(
        label="こちらの秘密鍵の場所", max_length=400, required=False,
        help_text="こちらの証明書と別のファイルのとき。",
    )  # fmt: skip
    folder = forms.CharField(
        label="監視するフォルダ",
        max_length=400,
        required=False,
        help_text="監視フォルダのとき。サーバー上の場所。",
    )

    def clean_folder(self) -> str:
        """An absolute place."""
        folder: str = self.cleaned_data["folder"]
        if folder and not Path(folder).is_absolute():
            raise ValidationError("フォルダは / から始まる場所で入力してください。")
        return folder
