"""How somebody is, the hours they gave, and who they turned to."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from askpeer.fields import SealedTextField

PERSON = settings.AUTH_USER_MODEL


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
    answer_by = models.DateTimeField(null=True, help_text="until when somebody is with them, or everybody is told")
    everybody_told_at = models.DateTimeField(null=True)

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


class Debrief(models.Model):
    """An offer to talk about a red or heavy case once it is over. Nobody has to; it counts in no figure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(PERSON, models.CASCADE, related_name="debriefs")
    claim = models.OneToOneField("drafting.Claim", models.SET_NULL, null=True, related_name="debrief")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    wanted = models.BooleanField(null=True)
    words = SealedTextField(sealed_by="person", null=True)
    talked_at = models.DateTimeField(null=True)
    talked_with = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, wanted__isnull=True)
                | Q(answered_at__isnull=False, wanted__isnull=False),
                name="a_debrief_wanted_or_not",
            ),
            models.CheckConstraint(
                condition=Q(talked_at__isnull=True, talked_with__isnull=True)
                | Q(talked_at__isnull=False, talked_with__isnull=False, wanted=True),
                name="talked_with_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Debrief {self.pk}"
