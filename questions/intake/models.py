"""What waits while a person writes, phrases that raise a level, words suggested for topics, and languages."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from askpeer.fields import KeyKeeper, SealedTextField
from questions import states


class WaitingDraft(models.Model):
    """One unfinished question, sealed under a key that only the asker's cookie holds; gone after 60 minutes.

    digest is HMAC of that key, to find the row. Once sent it keeps the new question and, sealed, the receipt, so that
    a double POST makes one question and the six words can be shown until "I've saved it".
    """

    digest = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField()
    promised_at = models.DateTimeField(help_text="the promise that was shown")
    question = models.ForeignKey("questions.Question", models.CASCADE, null=True, related_name="waiting_drafts")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Draft {self.pk}"


class LeftDraft(models.Model):
    """The digest of a draft that was left, or sent and saved, while it may still stand in some window: what comes late
    from there is not kept. Gone after 60 minutes, like the draft.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    was_sent = models.BooleanField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"Left draft {self.pk}"


class RiskRule(models.Model):
    """Phrases that raise a question to a level. Data, per language; the label explains it to staff."""

    label = models.CharField(max_length=120)
    level = models.CharField(max_length=5, choices=[(states.AMBER, "amber"), (states.RED, "red")])
    language = models.CharField(max_length=5, default="en")
    phrases = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.label


class SuggestedWord(KeyKeeper):
    """An answer to "What would you call this?": a word for a topic, until a person has looked at it."""

    word = SealedTextField()
    topic = models.ForeignKey("questions.Topic", models.CASCADE, related_name="suggested_words")
    sent_on = models.DateField()

    def __str__(self) -> str:
        return f"Suggestion {self.pk}"


class OfferedLanguage(models.Model):
    """A language besides the service's own; kept while it is off, so that pages in it still know their country."""

    code = models.CharField(max_length=5, unique=True)
    country = models.CharField(max_length=2, help_text="whose crisis services stand on pages in this language")
    since = models.DateTimeField(null=True, help_text="empty while it is switched off")

    def __str__(self) -> str:
        return self.code


class IntakeLimits(models.Model):
    """How many questions there are hands for, as the manager says: one row. Without it the defaults here hold."""

    taking = models.BooleanField(
        "taking questions", default=True, help_text="Untick to take no new questions. Those already here go on."
    )
    answers_a_day = models.PositiveSmallIntegerField(
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text="Answers a working day that are sure. Where more were given lately, that number counts.",
    )
    full_after = models.PositiveSmallIntegerField(
        default=10,
        validators=[MinValueValidator(states.PROMISE_DAYS), MaxValueValidator(60)],
        help_text="Working days. Where the queue would take longer than this, no new question is taken.",
    )

    class Meta:
        verbose_name_plural = "intake limits"

    def __str__(self) -> str:
        return "Intake limits"


class Hands(models.Model):
    """What share of the hands there are is there on a day: 1 for all. Written from the floor that knows people."""

    day = models.DateField(primary_key=True)
    share = models.FloatField()

    class Meta:
        verbose_name_plural = "hands"

    def __str__(self) -> str:
        return f"{self.day}: {self.share:.2f}"


class OnCall(models.Model):
    """An adult who reads red questions while the service is closed, from one moment to another."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField(help_text="on the service's own clock")
    ends_at = models.DateTimeField()

    class Meta:
        verbose_name = "turn on call"
        verbose_name_plural = "on call"
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="on_call_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return f"On call {self.pk}"
