"""What is typed into the pages of overlays."""

from collections.abc import Mapping
from typing import Any

from django import forms

MOST_BYTES = 4 * 1024 * 1024


class OverlayForm(forms.Form):
    """A file of an overlay."""

    file = forms.FileField(
        label="追加データのファイル",
        help_text="YAML か、「todoke pack to-excel」で作った Excel（.xlsx）。4MBまで。",
    )

    def clean_file(self) -> Any:  # Django's uploaded file
        """Not so large that it cannot be one."""
        found = self.cleaned_data["file"]
        if found.size > MOST_BYTES:
            raise forms.ValidationError("大きすぎます。4MBまでのファイルを選んでください。")
        return found


class PublishForm(forms.Form):
    """To whom an overlay goes."""

    recipients = forms.MultipleChoiceField(
        label="送る団体", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "送る団体を一つ以上選んでください。"},
    )  # fmt: skip

    def __init__(self, bodies: Mapping[str, str], *args: Any, **named: Any) -> None:
        """With the bodies below, all of them chosen."""
        super().__init__(*args, **named)
        field = self.fields["recipients"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, f"{name}（{code}）") for code, name in bodies.items()]
        field.initial = list(bodies)
