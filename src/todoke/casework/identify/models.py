"""Links from serials to numbers in generations, and the parties of applications."""

from django.db import models

from todoke.foundation.rows import OwnedInOrder, OwnedRow

from .values import GenerationState, IdentityState, LoadKind, PartyRole


class LinkGeneration(OwnedRow):
    """One load of 番号紐付情報 of a body. Rows count only while their generation is current. No personal data.

    `looked_again_to`: up to which party it has answered those that earlier loads could not; empty when it is through.
    """

    state = models.CharField(max_length=8, choices=GenerationState.choices())
    kind = models.CharField(max_length=12, choices=LoadKind.choices())
    source = models.CharField(max_length=100)
    profile = models.CharField(max_length=40)
    rows = models.PositiveBigIntegerField(default=0)
    carried = models.PositiveBigIntegerField(default=0)
    bad_rows = models.PositiveBigIntegerField(default=0)
    started_at = models.DateTimeField()
    loaded_at = models.DateTimeField(null=True, blank=True)
    loaded_by = models.CharField(max_length=64)
    looked_again_to = models.BigIntegerField(null=True, blank=True)

    class Meta(OwnedRow.Meta):
        """One load of a body at a time: a later one takes over."""

        verbose_name = "番号紐付情報の世代"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(state=GenerationState.LOADING.value),
                name="one_load",
            ),
        ]


class IdentityLink(OwnedInOrder):
    """One link: certificate (or register number) → number of this body, with its time. Personal data（宛名番号）.

    Kept as long as applications that were identified by it; a full load carries history forward.
    """

    # Neither column has an index of its own: the one below begins with the generation, which is of one body.
    generation = models.ForeignKey(LinkGeneration, on_delete=models.PROTECT, related_name="+", db_index=False)
    issuer_key = models.CharField(max_length=128)
    serial = models.CharField(max_length=40)
    number = models.CharField(max_length=15)
    number_kind = models.CharField(max_length=32)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40, default="", blank=True)
    is_inferred = models.BooleanField(default=False)

    class Meta(OwnedInOrder.Meta):
        """Found by certificate. Rows are stored in the order of this index, which so grows page by page.

        The issuer is not part of it: serials of two issuers hardly ever meet, and the reader tells them apart. Serials
        are compared byte by byte（`varchar_pattern_ops`, PostgreSQL's）, as Python sorts them.
        """

        verbose_name = "番号紐付情報"
        indexes = [
            models.Index(
                fields=["generation", "serial"],
                name="link_by_generation",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
        ]


class NumberSerial(OwnedInOrder):
    """Under which serial a load has a link of a number: the way from a person to the newer certificates.

    A table apart, stored in the order of numbers: an index by number on the links would be filled in no order, each row
    on a page of its own. Personal data（宛名番号）; goes with the rows of its generation.
    """

    generation = models.ForeignKey(LinkGeneration, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=15)
    serial = models.CharField(max_length=40)

    class Meta(OwnedInOrder.Meta):
        """Found by number."""

        verbose_name = "番号と発行番号"
        indexes = [models.Index(fields=["generation", "number"], name="serial_by_number")]


class PartyRow(OwnedInOrder):
    """One person in one application（申請者・対象者・代理人・世帯主・被保険者）and who it was found to be.

    Personal data: name, birth, number, and in `comparison` both spellings where they differ. Kept as long as the
    application. The certificate's serial is kept, because a later load of links may answer what this one could not.
    `scope_key`: what a procedure counts as one application（世帯・対象者）, empty where that is the applicant.
    """

    application = models.ForeignKey(
        "casework.Application", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.CharField(max_length=12, choices=PartyRole.choices())
    position = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=200, default="", blank=True)
    kana = models.CharField(max_length=200, default="", blank=True)
    birth = models.CharField(max_length=40, default="", blank=True)
    issuer_key = models.CharField(max_length=128, default="", blank=True)
    serial = models.CharField(max_length=40, default="", blank=True)
    stated_number = models.CharField(max_length=40, default="", blank=True)
    state = models.CharField(max_length=12, choices=IdentityState.choices())
    number = models.CharField(max_length=15, default="", blank=True)
    number_kind = models.CharField(max_length=32, default="", blank=True)
    candidates = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    decided_by = models.CharField(max_length=64, default="", blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=400, default="", blank=True)
    confirmed_by = models.CharField(max_length=64, default="", blank=True)
    code = models.CharField(max_length=16, default="", blank=True)
    comparison = models.TextField(default="", blank=True)
    is_restricted = models.BooleanField(default=False)
    scope_key = models.CharField(max_length=80, default="", blank=True)

    class Meta(OwnedInOrder.Meta):
        """One row per role and position; a party that has a number has a state that says why."""

        verbose_name = "申請の関係者"
        indexes = [
            models.Index(fields=["organisation", "application"], name="party_of_application"),
            models.Index(
                fields=["organisation", "scope_key"],
                name="party_by_scope",
                condition=models.Q(scope_key__gt=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["application", "role", "position"], name="party_once"),
            models.CheckConstraint(
                condition=models.Q(number="")
                | models.Q(
                    state__in=[
                        IdentityState.MATCHED.value, IdentityState.RENEWED.value, IdentityState.DECIDED.value,
                    ]
                ),
                name="party_number_explained",
            ),
        ]  # fmt: skip


class DecisionRow(OwnedRow):
    """One decision on who a party is, while it waits for a second person and after. Personal data: the numbers.

    `former` is the party's result as JSON, which comes back when the decision is refused, withdrawn or expires.
    """

    party = models.ForeignKey(PartyRow, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey("foundation.ProposalRow", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=15)
    number_kind = models.CharField(max_length=32)
    former = models.TextField(default="{}")
    is_open = models.BooleanField(default=True)

    class Meta(OwnedRow.Meta):
        """One open decision per party."""

        verbose_name = "本人特定の決定案"
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=models.Q(is_open=True), name="one_open_decision"
            ),
        ]
