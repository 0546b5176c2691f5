"""Side by side: a supervisor beside an advisor on one draft. All of it hangs on the round and goes with it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from askpeer.fields import SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Sitting(models.Model):
    """A supervisor sits beside whoever holds this round. met_at is when both were there at once for the first time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="sittings")
    advisor = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    supervisor = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"], name="one_live_sitting_a_round", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"Sitting {self.pk}"


class Presence(models.Model):
    """Who has this round's draft open, as they last said so."""

    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="presences")
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="one_presence_a_person")]

    def __str__(self) -> str:
        return f"Presence {self.pk}"


class AskedBeside(models.Model):
    """The advisor asks for somebody to sit beside them on this round."""

    round = models.OneToOneField("questions.Round", models.CASCADE, related_name="asked_beside")
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Asked beside {self.pk}"


class MarginNote(models.Model):
    """What one of the two wrote to the other. The safeguarding lead can read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="margin_notes")
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    text = SealedTextField(sealed_by="round.question")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"Margin note {self.pk}"
