"""When an advisor means to be here, as they say it themselves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

PERSON = settings.AUTH_USER_MODEL


class Turn(models.Model):
    """A time at which an advisor means to be here. A plan, kept for the team; nobody counts who kept to it."""

    person = models.ForeignKey(PERSON, models.CASCADE, related_name="turns")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="a_turn_ends_after_it_starts")
        ]

    def __str__(self) -> str:
        return f"Turn {self.pk}"
