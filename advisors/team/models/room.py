"""The team room, and what people say of one another's work."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from askpeer.fields import SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Post(models.Model):
    """Something said to the team; in a weekly round where it has its Monday. Sealed under its writer's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    writer = models.ForeignKey(PERSON, models.CASCADE, related_name="posts")
    text = SealedTextField(sealed_by="writer")
    at = models.DateTimeField(db_index=True)
    week = models.DateField(null=True, help_text="the Monday of the weekly round it belongs to")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["writer", "week"], name="one_turn_in_a_round", condition=Q(week__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"Post {self.pk}"


class Kudos(models.Model):
    """One colleague's thanks to another, sealed under the key of whom it is for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="kudos")
    giver = models.ForeignKey(PERSON, models.SET_NULL, null=True, related_name="+")
    text = SealedTextField(sealed_by="person")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "kudos"
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=~Q(person=F("giver")), name="nobody_praises_themselves")]

    def __str__(self) -> str:
        return f"Kudos {self.pk}"


class Opened(models.Model):
    """Who opened the words of which question, and when last: for 30 days the room takes none of them from them."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    # A related name is needed: erasing finds what hangs on a question by it.
    question = models.ForeignKey("questions.Question", models.CASCADE, related_name="opened")
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "question"], name="opened_once_a_person")]

    def __str__(self) -> str:
        return f"Opened {self.pk}"


class Coaching(models.Model):
    """A supervisor's line to the advisor whose answer somebody thanked for. Erased with the question."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feedback = models.OneToOneField("questions.Feedback", models.CASCADE, related_name="coaching")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    text = SealedTextField(sealed_by="feedback.round.question")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Coaching {self.pk}"
