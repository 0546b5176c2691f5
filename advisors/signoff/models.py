"""Reviews: comments, approvals bound to a wording, and sentences that two people approved beforehand."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from askpeer.fields import SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Approval(models.Model):
    """One person's yes to exactly one version that somebody else wrote. The database keeps the two apart."""

    version = models.ForeignKey("drafting.DraftVersion", models.CASCADE, related_name="approvals")
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    approver = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    digest = models.BinaryField(max_length=32, help_text="of the wording, under the question's key")
    at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)
    reason = SealedTextField(
        sealed_by="version.draft.round.question", null=True, help_text="for what would otherwise have stopped it"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(writer=F("approver")), name="nobody_approves_their_own"),
            models.UniqueConstraint(fields=["version", "approver"], name="one_approval_a_person"),
        ]

    def __str__(self) -> str:
        return f"Approval {self.pk}"


class Rubric(models.Model):
    """How one reviewer found one version: safety and accuracy always, the rest where the whole rubric is asked for."""

    MARKS = [(0, "not yet"), (1, "partly"), (2, "fully")]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("drafting.DraftVersion", models.CASCADE, related_name="rubrics")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    safe = models.BooleanField()
    accurate = models.BooleanField()
    reaction = models.PositiveSmallIntegerField(null=True, choices=MARKS)
    interpretation = models.PositiveSmallIntegerField(null=True, choices=MARKS)
    exploration = models.PositiveSmallIntegerField(null=True, choices=MARKS)
    personal = models.BooleanField(null=True)
    within_limits = models.BooleanField(null=True)
    phrase = SealedTextField(sealed_by="version.draft.round.question", null=True, help_text="the words that worked")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "by"], name="one_rubric_a_reviewer")]

    def __str__(self) -> str:
        return f"Rubric {self.pk}"


class Escalation(models.Model):
    """A draft that its reviewer gave to the safeguarding lead. While it is open the lead or a deputy has to sign."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey("drafting.Draft", models.CASCADE, related_name="escalations")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    reason = SealedTextField(sealed_by="draft.round.question")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], name="one_open_escalation_a_draft", condition=Q(settled_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="escalation_settled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Escalation {self.pk}"


class OwnWords(models.Model):
    """A redirect or holding reply in a reviewer's own words, for one round. A second person's yes sends it."""

    class Kind(models.TextChoices):
        REDIRECT, HOLDING = "redirect", "holding"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="own_words")
    kind = models.CharField(max_length=8, choices=Kind)
    code = models.SlugField(max_length=40, help_text="the coded reason")
    text = SealedTextField(sealed_by="round.question")
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approver = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="sent, or dropped where nobody approved")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round"], name="own_words_wait_once", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("writer")), name="own_words_need_a_second_person"
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | Q(ended_at__isnull=False), name="own_words_approved_are_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"Own words {self.pk}"


class Comment(models.Model):
    """A remark pinned to a paragraph of a version. An open one blocks approval."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.ForeignKey("drafting.DraftVersion", models.CASCADE, related_name="comments")
    paragraph = models.PositiveSmallIntegerField(help_text="counted from 1; 0 for the whole draft")
    text = SealedTextField(sealed_by="version.draft.round.question")
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["paragraph", "written_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="resolved_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"Comment {self.pk}"


class Reviewing(models.Model):
    """Who is looking at a draft now, so that two do not start on the same one."""

    draft = models.OneToOneField("drafting.Draft", models.CASCADE, related_name="reviewing")
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"Reviewing {self.draft_id}"


class LevelChange(models.Model):
    """A person's change of a risk level. Lowering needs a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="level_changes")
    was = models.CharField(max_length=5)
    level = models.CharField(max_length=5)
    reason = SealedTextField(sealed_by="round.question")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.was} to {self.level}"


class Wording(models.Model):
    """A sentence for a redirect or a holding reply, approved by a second person before anybody needs it.

    Of one code in one language one is in use, and beside it one without approver may wait for a second person.
    """

    class Kind(models.TextChoices):
        REDIRECT, HOLDING = "redirect", "holding"

    kind = models.CharField(max_length=8, choices=Kind)
    code = models.SlugField(max_length=40, help_text="the coded reason")
    label = models.CharField(max_length=80, help_text="what staff see in the list")
    language = models.CharField(max_length=5, default="en")
    text = models.TextField(help_text="Markdown")
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    approver = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, help_text="nobody can choose it any more")

    class Meta:
        ordering = ["position", "label"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code", "language"],
                condition=Q(approver__isnull=False, retired_at__isnull=True),
                name="one_wording_a_code",
            ),
            models.UniqueConstraint(
                fields=["kind", "code", "language"],
                condition=Q(approver__isnull=True),
                name="one_waiting_wording_a_code",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("writer")),
                name="wording_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.label
