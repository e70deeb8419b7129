"""What is typed around an item and a plan: proofs, links, what it covers."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from todoke.foundation.organisations import queries as organisations
from todoke.programme.packs.values import LinkType
from todoke.programme.plans.values import Plan, ScopeEntry

SHA256 = r"\A[0-9a-fA-F]{64}\Z"
MOST_DAYS = 500


class EvidenceForm(forms.Form):
    """Where a proof lies; never the document itself."""

    label = forms.CharField(label="資料の名前", max_length=200, help_text="例: 移行計画書 第2版")
    place = forms.CharField(
        label="どこにあるか", max_length=500,
        help_text="文書番号、共有フォルダの場所、https:// で始まるアドレスのどれか。資料そのものは預かりません。",
    )  # fmt: skip
    sha256 = forms.RegexField(
        SHA256, label="ファイルのSHA-256", required=False, max_length=64,
        help_text="差し替わっていないことを後で確かめたいときだけ。64桁の英数字です。",
        error_messages={"invalid": "SHA-256は、0〜9とa〜fの64桁で入力してください。"},
    )  # fmt: skip


class LinkForm(forms.Form):
    """A link of the body's own from or to an item."""

    side = forms.ChoiceField(
        label="どちらが先か", widget=forms.RadioSelect, initial="before",
        choices=[("before", "選んだ取組が先（この取組が待つ）"), ("after", "この取組が先（選んだ取組が待つ）")],
    )  # fmt: skip
    other = forms.ChoiceField(label="相手の取組")
    kind = forms.ChoiceField(
        label="つながり", choices=[(one.value, one.label) for one in LinkType], initial=LinkType.FS.value
    )
    lag = forms.IntegerField(
        label="間に空ける執務日", min_value=0, max_value=MOST_DAYS, initial=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
    )  # fmt: skip

    def __init__(
        self, others: Sequence[tuple[str, str]], *args: Any, **named: Any
    ) -> None:  # as Django's own form
        """With the items that it can be linked with."""
        super().__init__(*args, **named)
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = others

    def ends(self, item: UUID) -> tuple[UUID, UUID]:
        """Before and after."""
        other = UUID(self.cleaned_data["other"])
        return (other, item) if self.cleaned_data["side"] == "before" else (item, other)


class LinkActForm(forms.Form):
    """What becomes of a link, as it was shown."""

    uuid = forms.UUIDField()
    version = forms.IntegerField(min_value=0)
    act = forms.ChoiceField(choices=[("relax", ""), ("tighten", ""), ("remove", "")])
    reason = forms.CharField(required=False, max_length=1000)


class ScopeForm(forms.Form):
    """How one 事務, 手続 or 部署 stands in a plan."""

    list = forms.CharField(max_length=40, widget=forms.HiddenInput)
    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    in_scope = forms.ChoiceField(
        label="この団体に関わるか", choices=[("yes", "対象にする"), ("no", "対象外にする")]
    )
    reason = forms.CharField(
        label="対象外の理由", required=False, max_length=500,
        help_text="対象外にするときは必須です。取組と一緒に記録に残ります。",
    )  # fmt: skip
    section = forms.ChoiceField(label="担当課", required=False)
    system = forms.CharField(label="いまのシステム", required=False, max_length=100)
    vendor = forms.CharField(label="事業者", required=False, max_length=100)
    contract_ends = forms.DateField(
        label="契約の終わり",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **named: Any) -> None:
        """With the 課 of the body."""
        super().__init__(*args, **named)
        field = self.fields["section"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "－"), *((str(one.id), one.name) for one in organisations.sections())]

    @staticmethod
    def of(plan: Plan, entry: ScopeEntry) -> dict[str, object]:
        """An entry as its form begins."""
        return {
            "list": entry.list, "code": entry.code, "version": plan.version, "in_scope": "yes" if entry.in_scope else "no",
            "reason": entry.reason, "section": str(entry.section_id or ""), "system": entry.system, "vendor": entry.vendor,
            "contract_ends": entry.contract_ends,
        }  # fmt: skip

    def entry(self) -> ScopeEntry:
        """As it is meant; the service knows its label."""
        given = self.cleaned_data
        return ScopeEntry(
            given["list"], given["code"], "", given["in_scope"] == "yes", given["reason"],
            int(given["section"]) if given["section"] else None, given["system"], given["vendor"], given["contract_ends"],
        )  # fmt: skip
