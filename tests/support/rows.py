"""Rows for tests that need any row of a table: what the test does not name is filled in by the field's type."""

import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import models

from todoke.foundation.fence import current_organisation

Row = TypeVar("Row", bound=models.Model)
AT = datetime(2026, 4, 6, 0, 0, tzinfo=UTC)


def make(model: type[Row], **given: Any) -> Row:
    """Insert one row of the body in scope; related rows that must exist are made too."""
    values = dict(given)
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in given or field.attname in given:
            continue
        if field.name == "organisation":
            values[field.attname] = current_organisation()
        elif not field.has_default() and not field.null:
            values[field.name] = _value(field)
    return model._base_manager.create(**values)


def _value(field: Any) -> Any:  # the stubs give fields no common type that has choices and a related model
    if field.choices:
        return field.choices[0][0]
    if isinstance(field, models.ForeignKey):
        return make(field.related_model)
    for kind, value in VALUE_OF:
        if isinstance(field, kind):
            return value(field)
    raise NotImplementedError(f"{field}: say its value in the test")


VALUE_OF: "tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], object]], ...]" = (
    (models.UUIDField, lambda _: uuid.uuid4()),
    (models.DateTimeField, lambda _: AT),
    (models.DateField, lambda _: AT.date()),
    (models.BooleanField, lambda _: False),
    (models.IntegerField, lambda _: 1 + secrets.randbelow(30_000)),
    (models.BinaryField, lambda _: secrets.token_bytes(40)),
    (models.JSONField, lambda _: {}),
    (models.CharField, lambda field: secrets.token_hex(16)[: field.max_length]),
    (models.TextField, lambda _: "{}"),
)
