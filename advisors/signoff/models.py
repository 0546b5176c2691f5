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

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(writer=F("approver")), name="nobody_approves_their_own"),
            models.UniqueConstraint(fields=["version", "approver"], name="one_approval_a_person"),
        ]

    def __str__(self) -> str:
        return f"Approval {self.pk}"


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
    """A sentence for a redirect or a holding reply, approved by a second person before anybody needs it."""

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

    class Meta:
        ordering = ["position", "label"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "language"], name="one_wording_a_code"),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("writer")),
                name="wording_approved_by_a_second_person",
            ),
        ]

    def __str__(self) -> str:
        return self.label
