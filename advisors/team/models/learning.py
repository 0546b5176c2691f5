"""Training passed, and the practice that led there."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

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


class Attempt(models.Model):
    """One try at a practice question. The model answer opens after it; a reviewer's feedback closes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="attempts")
    track = models.CharField(max_length=10, choices=Training.Track)
    unit = models.SlugField(max_length=40, help_text="of its track")
    text = SealedTextField(sealed_by="person")
    at = models.DateTimeField()
    feedback = SealedTextField(sealed_by="person", null=True)
    feedback_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    feedback_at = models.DateTimeField(null=True)
    good = models.BooleanField(null=True, help_text="whether the reviewer found it good enough, or asks for another")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "track", "unit"],
                name="one_waiting_attempt_a_unit",
                condition=Q(feedback_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(feedback_at__isnull=True, feedback_by__isnull=True, good__isnull=True)
                | Q(feedback_at__isnull=False, feedback_by__isnull=False, good__isnull=False),
                name="feedback_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(feedback_by__isnull=True) | ~Q(feedback_by=F("person")), name="nobody_marks_their_own"
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.pk}"
