"""The safeguarding log, and the glass that has to be broken before anybody sees a contact.

A case is the question's LockedNote, on the first floor: it has its own key and its own copy of the exact words, stands
until its last day, and the asker is told of it before they erase. Entries are sealed under it, append-only.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from askpeer.fields import KeyKeeper, SealedTextField
from questions import states

PERSON = settings.AUTH_USER_MODEL
LEVELS = [(level, level) for level in states.LEVELS]


class Entry(models.Model):
    """One line of a case: what was said or seen, what was decided and why, who was told, and when it is looked at next.

    The database refuses every UPDATE, and a DELETE while the case still has its key.
    """

    class Nature(models.TextChoices):
        FACT, OPINION = "fact", "opinion"

    class Ground(models.TextChoices):
        """On what ground something was shared, or not."""

        NOTHING_SHARED = "nothing_shared", "Nothing was shared"
        CONSENT = "consent", "They agreed"
        LIFE = "life", "To protect somebody's life"
        CHILD = "child", "To protect a child from harm"
        LAW = "law", "The law asks for it"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    note = models.ForeignKey("questions.LockedNote", models.CASCADE, related_name="entries")
    writer = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    words = SealedTextField(sealed_by="note", help_text="exactly, or what was seen")
    nature = models.CharField(max_length=8, choices=Nature)
    level = models.CharField(max_length=5, choices=LEVELS)
    decision = SealedTextField(sealed_by="note")
    ground = models.CharField(max_length=16, choices=Ground)
    told = SealedTextField(sealed_by="note", null=True, help_text="who was told, and when")
    next_check_at = models.DateTimeField(null=True, help_text="the next entry of the case answers it")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"Entry {self.pk}"


class Check(models.Model):
    """When a case is looked at next, as its newest entry says, and its own alarm. None where no check is set.

    Entries are append-only, and the past ones of every case would lie in the way of an alarm: this row follows the
    newest, so that the cost of looking follows what is due.
    """

    note = models.OneToOneField("questions.LockedNote", models.CASCADE, related_name="next_check")
    entry = models.OneToOneField(Entry, models.CASCADE, related_name="+")
    due_at = models.DateTimeField()
    alarm_at = models.DateTimeField(null=True, help_text="when somebody is told next; NULL when everybody was")
    told_at = models.DateTimeField(null=True, help_text="when the lead was")

    class Meta:
        indexes = [models.Index(fields=["alarm_at"], name="check_alarm", condition=Q(alarm_at__isnull=False))]

    def __str__(self) -> str:
        return f"Check of {self.note_id}"


class Concern(models.Model):
    """What an advisor raised from the question they hold, until a supervisor has read it."""

    class Kind(models.TextChoices):
        SAFETY = "safety", "Somebody may not be safe"
        ABUSIVE = "abusive", "This is abusive"
        STAFF = "staff", "It is about someone who works here"
        LEAD = "lead", "It is about the safeguarding lead"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="concerns")
    kind = models.CharField(max_length=8, choices=Kind)
    words = SealedTextField(sealed_by="round.question", null=True)
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="concern_settled_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"Concern {self.pk}"


class BrokenGlass(KeyKeeper):
    """Somebody had a reason to see what nobody sees: for 15 minutes, once, and a second person was told at once.

    It outlives an erasure, so its foreign key is not called question.
    """

    class What(models.TextChoices):
        CONTACT, QUESTION = "contact", "question"

    about = models.ForeignKey("questions.Question", models.PROTECT, related_name="broken_glass")
    what = models.CharField(max_length=8, choices=What)
    person = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    reason = SealedTextField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    told = models.ForeignKey(PERSON, models.PROTECT, related_name="+", help_text="the second person")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(told=F("person")), name="a_second_person_is_told"),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True) | Q(shown_at__gte=F("at"), shown_at__lt=F("until")),
                name="shown_while_the_glass_is_broken",
            ),
        ]

    def __str__(self) -> str:
        return f"Broken glass {self.pk}"
