"""Drafts and their append-only versions, notes for the next advisor, and who may never see a question again."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from askpeer.fields import SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Draft(models.Model):
    """The answer to a round, or its one clarifying question, as it is being written. It outlives a claim."""

    class Kind(models.TextChoices):
        ANSWER, CLARIFICATION = "answer", "clarification"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ANSWER)
    number = models.PositiveIntegerField(default=0, help_text="of the current version; 0 before the first")
    submitted_at = models.DateTimeField(null=True, help_text="set while the draft is in review")
    insisted = SealedTextField(
        sealed_by="round.question", null=True, help_text="why its author thinks that stopped words are right here"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "kind"], name="one_draft_a_round_and_kind")]

    def __str__(self) -> str:
        return f"Draft {self.pk}"


class DraftVersion(models.Model):
    """One saved wording and who wrote it. Never changed; erased with its question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    text = SealedTextField(sealed_by="draft.round.question")
    details = SealedTextField(
        sealed_by="draft.round.question",
        null=True,
        help_text="JSON list: the asker's own details that the draft picks up",
    )
    sources = SealedTextField(
        sealed_by="draft.round.question", null=True, help_text="where its facts are from, for the reviewer alone"
    )
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"Version {self.number} of {self.draft_id}"


class HandoverNote(models.Model):
    """What the next advisor should know."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="handover_notes")
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    text = SealedTextField(sealed_by="round.question")
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Note {self.pk}"


class Recusal(models.Model):
    """This person never sees this question again; no reason is asked."""

    question = models.ForeignKey("questions.Question", models.CASCADE, related_name="recusals")
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="recusals")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "person"], name="one_recusal_a_person")]

    def __str__(self) -> str:
        return f"Recusal {self.pk}"


class Claim(models.Model):
    """Who held a question and from when to when: hours, put-back and fairness are read from it."""

    question = models.ForeignKey("questions.Question", models.CASCADE, related_name="claims")
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="claims")
    round_number = models.PositiveSmallIntegerField()
    claimed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question"], name="one_live_claim_a_question", condition=Q(released_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"Claim {self.pk}"
