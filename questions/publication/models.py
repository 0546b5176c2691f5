"""The public library: separate, anonymised copies of answers. Once published they alone are plain in the database."""

import json
from dataclasses import asdict, dataclass, field, fields

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from askpeer.fields import KeyKeeper, SealedTextField


@dataclass(frozen=True, kw_only=True)
class PublicText:
    """The words of a publication, as they are worked on or as they stand in the library. answer_text is Markdown."""

    title: str = ""
    question_text: str = ""
    answer_text: str = ""
    content_note: str = ""
    age_group: str = ""
    keywords: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """As Publication.working keeps it."""
        return json.dumps(asdict(self), ensure_ascii=False)


class Consent(models.Model):
    """What the asker said about publishing. Silence means no; a later row replaces an earlier one."""

    class Choice(models.TextChoices):
        SHOW_ME, YES, NO = "show_me", "yes", "no"

    round = models.ForeignKey("questions.Round", models.CASCADE, related_name="consents")
    choice = models.CharField(max_length=8, choices=Choice)
    at = models.DateTimeField()
    publication = models.ForeignKey(
        "Publication", models.CASCADE, null=True, related_name="consents", help_text="the text that was shown"
    )
    version = models.PositiveIntegerField(null=True, help_text="of that text; NULL for a yes before it was written")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.choice} for {self.round_id}"


class Publication(KeyKeeper):
    """One public question and answer. It outlives the private question, with a key and a withdrawal digest of its own.

    Until a second person publishes them its words are in working, sealed, and the plain columns are empty.
    """

    class Status(models.TextChoices):
        CANDIDATE, ANONYMISED, PUBLISHED, UNPUBLISHED = "candidate", "anonymised", "published", "unpublished"

    question = models.ForeignKey("questions.Question", models.SET_NULL, null=True, related_name="publications")
    round_number = models.PositiveSmallIntegerField(default=1)
    withdrawal_digest = models.BinaryField(max_length=32, null=True, db_index=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.CANDIDATE)
    version = models.PositiveIntegerField(default=1, help_text="one more at each edit; what a check refers to")
    slug = models.SlugField(max_length=80, unique=True)
    gone_digest = models.BinaryField(max_length=32, null=True, db_index=True, help_text="of the address it had")
    language = models.CharField(max_length=5, default="en", db_default="en", help_text="of its words")
    working = SealedTextField(null=True, help_text="JSON of a PublicText: what is not published yet")
    title = models.CharField(max_length=120, blank=True)
    topic = models.ForeignKey("questions.Topic", models.PROTECT, null=True)
    keywords = models.JSONField(default=list, blank=True)
    age_group = models.CharField(max_length=8, blank=True)
    question_text = models.TextField(blank=True)
    answer_text = models.TextField(blank=True, help_text="Markdown")
    answer_html = models.TextField(blank=True)
    content_note = models.CharField(max_length=160, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    unpublished_at = models.DateTimeField(null=True)
    checked_on = models.DateField(null=True)
    review_by = models.DateField(null=True)
    hidden_at = models.DateTimeField(null=True, help_text="reported; hidden until a person has looked")

    class Meta:
        ordering = ["-published_at", "pk"]
        indexes = [models.Index(fields=["status", "-published_at", "id"], name="library_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("edited_by")), name="checked_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | Q(
                    published_at__isnull=False,
                    edited_by__isnull=False,
                    checked_by__isnull=False,
                    checked_on__isnull=False,
                    review_by__isnull=False,
                ),
                name="published_is_checked",
            ),
            models.CheckConstraint(
                condition=Q(status="published")
                | Q(title="", question_text="", answer_text="", answer_html="", content_note="", age_group=""),
                name="plain_is_published",
            ),
        ]

    def __str__(self) -> str:
        return self.title or f"Publication {self.pk}"

    @property
    def subject(self) -> str:
        """How the trail names this publication."""
        return f"publication:{self.pk}"

    @property
    def draft(self) -> PublicText:
        """The words being worked on; the published ones where nobody is. Raises vault.Unreadable."""
        if self.working is not None:
            return PublicText(**json.loads(self.working))
        return PublicText(**{one.name: getattr(self, one.name) for one in fields(PublicText)})
