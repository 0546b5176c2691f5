"""Who is here: turns on the rota, absences, who is signed in on duty, and the note from one shift to the next."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from askpeer.fields import KeyKeeper, SealedTextField

PERSON = settings.AUTH_USER_MODEL


class Shift(models.Model):
    """A supervisor's turn on the rota. Out of hours it is OnCall, on the first floor, that says who reads red."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField(help_text="on the service's own clock")
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_shift_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"Shift {self.pk}"


class Absence(models.Model):
    """Days on which nothing is asked of somebody, the first and the last included."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="an_absence_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"Absence {self.pk}"


class OnDuty(models.Model):
    """A supervisor who has said that they are on duty, for as long as their session lives: advisors can reach them."""

    person = models.OneToOneField(PERSON, models.CASCADE, related_name="on_duty")
    since = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True, help_text="moved on at most once a minute")

    def __str__(self) -> str:
        return f"On duty {self.pk}"


class ShiftNote(KeyKeeper):
    """What the next shift should know, under a key of its own; the newest stands on the duty board."""

    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    text = SealedTextField()
    written_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Shift note {self.pk}"
