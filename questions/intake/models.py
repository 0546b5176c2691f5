"""What waits while a person writes, and the phrases that raise a level."""

from django.db import models

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


class RiskRule(models.Model):
    """Phrases that raise a question to a level. Data, per language; the label explains it to staff."""

    label = models.CharField(max_length=120)
    level = models.CharField(max_length=5, choices=[(states.AMBER, "amber"), (states.RED, "red")])
    language = models.CharField(max_length=5, default="en")
    phrases = models.JSONField(default=list)

    def __str__(self) -> str:
        return self.label


class SuggestedWord(models.Model):
    """An answer to "What would you call this?": a word for a topic, to be looked at by a person."""

    word = models.CharField(max_length=40)
    topic = models.ForeignKey("questions.Topic", models.CASCADE, null=True)
    sent_on = models.DateField()
    accepted = models.BooleanField(null=True)

    def __str__(self) -> str:
        return f"Suggestion {self.pk}"
