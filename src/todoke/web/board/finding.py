"""What is not there, or is of another body, looks the same to whoever asks: 404."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import Http404, HttpResponseBase

from todoke.foundation.accounts.errors import RightMissing
from todoke.foundation.errors import TodokeError
from todoke.programme.plans.errors import (
    AdoptionUnknown,
    AssessmentUnknown,
    DraftUnknown,
    ItemUnknown,
    PlanUnknown,
    RoundUnknown,
    WorkshopUnknown,
)
from todoke.programme.review.errors import CardUnknown
from todoke.programme.rollup.errors import (
    EnquiryUnknown,
    PublicationUnknown,
    SubmissionUnknown,
    SupportUnknown,
)
from todoke.web.shared.requests import DeskRequest

UNKNOWN = (
    PlanUnknown, ItemUnknown, DraftUnknown, AdoptionUnknown, RoundUnknown, WorkshopUnknown, AssessmentUnknown,
    CardUnknown, EnquiryUnknown, SubmissionUnknown, SupportUnknown, PublicationUnknown,
)  # fmt: skip
Given = ParamSpec("Given")
Page = Callable[Concatenate[DeskRequest, Given], HttpResponseBase]


def or_404(page: Page[Given]) -> Page[Given]:
    """The page, with 404 for a plan, item, draft, round … that this body does not have."""

    @wraps(page)
    def asked(request: DeskRequest, /, *args: Given.args, **named: Given.kwargs) -> HttpResponseBase:
        try:
            return page(request, *args, **named)
        except UNKNOWN as unknown:
            raise Http404 from unknown

    return asked


def say(request: DeskRequest, refusal: TodokeError) -> None:
    """Tell why nothing was done, above the next page; what is not there or not allowed is answered as such."""
    if isinstance(refusal, (*UNKNOWN, RightMissing)):
        raise refusal
    messages.error(request, refusal.for_screen(), extra_tags="bad")


def done(request: DeskRequest, words: str) -> None:
    """Tell what was done, above the next page."""
    messages.success(request, words, extra_tags="good")
