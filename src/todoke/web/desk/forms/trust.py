"""Choosing how revocation is checked: for which packages, by what, why, and from when."""

from collections.abc import Sequence
from datetime import datetime

from django import forms

from todoke.casework.relay.values import ChannelRef
from todoke.casework.trust.values import CHOOSABLE, Checker, RevocationChoice
from todoke.foundation.procedures.values import Procedure

EVERY = ""
CONSEQUENCES = {
    Checker.LIST: "リストがない、期限切れ、または読めないときは、確認待ちになります。",
    Checker.LIST_THEN_CHANNEL: "リストが答えないときだけ、受付経路の結果を使います。どちらもなければ確認待ちになります。",
    Checker.CHANNEL: "受付経路が、だれが・いつ・何で確かめたかを伝えたときだけ使います。この団体のリストにある失効は、"
    "受付経路が何と伝えても失効とします。",
    Checker.NOBODY: "署名のある申請データは、すべて確認待ちになります。",
    Checker.WITHDRAWN: "同じ範囲の選択を終え、より広い範囲の選択か、設置時の既定に戻します。",
}


class ChoiceForm(forms.Form):
    """One choice. A choice is never changed: a new one takes its place."""

    channel = forms.ChoiceField(label="受付経路", required=False)
    procedure = forms.ChoiceField(label="手続", required=False)
    checker = forms.ChoiceField(
        label="失効の確かめ方", widget=forms.RadioSelect,
        choices=[(one.value, f"{one.label}。{CONSEQUENCES[one]}") for one in CHOOSABLE],
        error_messages={"required": "失効の確かめ方を選んでください。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="選ぶ理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="だれが決めたか（決裁など）と根拠。検証の記録に残り、後から変えられません。個人の情報は書かないでください。",
        error_messages={"required": "理由を書いてください。"},
    )  # fmt: skip
    valid_from = forms.DateTimeField(
        label="適用の始まり", required=False, help_text="空欄なら、登録したときから。過ぎた日時にはできません。",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def __init__(
        self, *args: object, channels: Sequence[ChannelRef], procedures: Sequence[Procedure], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on to Django as they come
        named = [(one.name, f"{one.name}（{one.kind.label}）") for one in channels]
        self.fields["channel"].choices = [(EVERY, "すべての経路"), *named]  # type: ignore[attr-defined]  # a ChoiceField
        coded = [(one.code, f"{one.code} {one.name}") for one in procedures]
        self.fields["procedure"].choices = [(EVERY, "すべての手続"), *coded]  # type: ignore[attr-defined]  # a ChoiceField

    def wanted(self, at: datetime) -> RevocationChoice:
        """The choice as it was typed; its author is not for the form to say."""
        typed = self.cleaned_data
        return RevocationChoice(
            Checker(typed["checker"]), typed["channel"], typed["procedure"], typed["reason"],
            valid_from=typed["valid_from"] or at,
        )  # fmt: skip
