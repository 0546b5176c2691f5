"""A volunteer's own side: training passed, how they are, the hours they gave, calls for support.

How somebody is, is health data of young people too: sealed under the person's own key, check-ins gone after 90 days.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from askpeer.fields import SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Training(models.Model):
    """One track that a person passed. All three have to be passed and in date before anybody claims."""

    class Track(models.TextChoices):
        CRAFT = "craft", "Research and software"
        LISTENING = "listening", "Communication and empathy"
        LIMITS = "limits", "Know your limits"

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="trainings")
    track = models.CharField(max_length=10, choices=Track)
    passed_on = models.DateField()
    passed_with = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="the supervisor who says so")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "track"], name="one_training_a_track")]

    def __str__(self) -> str:
        return f"{self.track} of {self.person_id}"


class CheckIn(models.Model):
    """How somebody is today, in their own choice of three. The last one of a day counts."""

    class Mood(models.TextChoices):
        GOOD, FINE, HARD = "good", "fine", "hard"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="check_ins")
    day = models.DateField(db_index=True, help_text="on the service's own clock")
    mood = SealedTextField(sealed_by="person")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_check_in_a_day")]

    def __str__(self) -> str:
        return f"Check-in {self.pk}"


class WrapUp(models.Model):
    """The end of somebody's turn: the hours it took, and how they leave it, where they said so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="wrap_ups")
    minutes = models.PositiveSmallIntegerField()
    mood = SealedTextField(sealed_by="person", null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="wrap_up_hours")]
        constraints = [models.CheckConstraint(condition=Q(minutes__lte=1440), name="a_turn_fits_into_a_day")]

    def __str__(self) -> str:
        return f"Wrap-up {self.pk}"


class SupportCall(models.Model):
    """A press of "I need support", open until somebody says they are with them. It counts in no figure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="support_calls")
    words = SealedTextField(sealed_by="person", null=True)
    called_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], name="one_open_call_a_person", condition=Q(answered_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Call {self.pk}"
