"""What a form shows of an item: every field that a person may change, as it is typed."""

from collections.abc import Mapping

from todoke.programme.plans.rules.fields import FIXED_FIELDS, shown, value_of
from todoke.programme.plans.values import Item, ItemField

TYPED_FIELDS = (
    ItemField.LABEL, ItemField.SECTION, ItemField.PERSON, ItemField.VENDOR, ItemField.DEADLINE, ItemField.FIXED_START,
    ItemField.FIXED_FINISH, ItemField.ESTIMATE, ItemField.EFFORT, ItemField.STATE, ItemField.REASON, ItemField.NOTE,
)  # fmt: skip


def typed_fields(item: Item) -> Mapping[ItemField, str]:
    """The fields of the form of an item with their values as a person types them; what an edit is compared with."""
    return {field: shown(field, value_of(item, field)) for field in TYPED_FIELDS if field not in FIXED_FIELDS}
