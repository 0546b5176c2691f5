"""Rows that any confidential service needs: its calendar, its trail, its outbox."""

from datetime import time

from django.db import models
from django.db.models import Q


class ServiceCalendar(models.Model):
    """When the service is staffed. One row; askpeer.calendars reads it, askpeer.scheduling changes it.

    home is where the service is: a service that works on public holidays has no country, and is somewhere all the same.
    reckon_at is when every alarm has to be reckoned anew, for a change that all processes know of by then; reckon_since
    is the moment of the first change that is not reckoned yet.
    """

    time_zone = models.CharField(max_length=64, default="Europe/London", help_text="IANA name, e.g. Europe/London")
    country = models.CharField(max_length=2, default="GB", help_text="ISO 3166-1, for public holidays")
    subdivision = models.CharField(max_length=8, default="ENG", blank=True, help_text="ISO 3166-2 without the country")
    home = models.CharField(
        max_length=2, default="GB", help_text="ISO 3166-1, the last country that the service had holidays of"
    )
    version = models.PositiveIntegerField(default=1, help_text="one more at each change")
    reckon_at = models.DateTimeField(null=True)
    reckon_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "calendar"

    def __str__(self) -> str:
        return f"Hours in {self.time_zone}"


class OpeningWindow(models.Model):
    """One weekly stretch of staffed time, in the calendar's own wall clock. 00:00 closes at midnight."""

    class Day(models.IntegerChoices):
        MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

    calendar = models.ForeignKey(ServiceCalendar, models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField(choices=Day.choices)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=models.F("opens")) | Q(closes=time(0)),
                name="window_closes_after_opening",
                violation_error_message="A window has to close after it opens.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.Day(self.weekday).label} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(models.Model):
    """Whole local days on which the service is closed, the last one included."""

    calendar = models.ForeignKey(ServiceCalendar, models.CASCADE, related_name="closures")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")),
                name="closure_ends_after_it_starts",
                violation_error_message="The last day has to be the first day or later.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


class CalendarVersion(models.Model):
    """The calendar as it stood from one change to the next, append-only: by what a promise was reckoned is never lost.

    definition is scheduling.Plan as JSON.
    """

    number = models.PositiveIntegerField(unique=True)
    definition = models.JSONField()
    since = models.DateTimeField(null=True, help_text="empty for the one that was there before any change")
    actor = models.CharField(max_length=80)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"Calendar {self.number}"


class TrailEntry(models.Model):
    """One thing that happened, append-only by triggers. Subject and actor are text, e.g. question:<id>, person:<id>.

    facts hold codes, numbers and ids, never anything a person wrote. seal and place stay NULL until the entry is part
    of a sealed batch; that one UPDATE is the only one the triggers allow.
    """

    subject = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    seal = models.ForeignKey("TrailSeal", models.PROTECT, null=True, related_name="entries")
    place = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["subject", "id"], name="trail_by_subject"),
            models.Index(fields=["id"], name="trail_unsealed", condition=Q(seal__isnull=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["seal", "place"], name="one_entry_a_place")]
        verbose_name_plural = "trail entries"

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"


class TrailSeal(models.Model):
    """One link of the hash chain: the digest over the link before it and a batch of entries in their order."""

    number = models.PositiveIntegerField(unique=True)
    count = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"Seal {self.number}"


class OutboxRow(models.Model):
    """Something to tell somebody outside the transaction: an e-mail or a webhook. refs hold ids, never text."""

    class State(models.TextChoices):
        WAITING = "waiting"
        LEASED = "leased"
        SENT = "sent"
        DROPPED = "dropped"
        DEAD = "dead"

    key = models.CharField(max_length=160, unique=True)
    kind = models.CharField(max_length=40)
    refs = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(help_text="not sent before; moved on by each failure")
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=120, blank=True, help_text="the failure's type and code, never its text")

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="outbox_waiting", condition=Q(state="waiting"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="leased", leased_until__isnull=False)
                | (~Q(state="leased") & Q(leased_until__isnull=True)),
                name="leased_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "leased"], settled_at__isnull=True)
                | (Q(state__in=["sent", "dropped", "dead"]) & Q(settled_at__isnull=False)),
                name="settled_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Beacon(models.Model):
    """When a recurring piece of work last ran to its end; /health/ reads it."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
