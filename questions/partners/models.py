"""Partner sites, their keys and webhooks, and the record that makes a repeated request harmless."""

import uuid

from django.db import models
from django.db.models import Q

from askpeer import addresses
from askpeer.fields import KeyKeeper, SealedTextField


class Partner(models.Model):
    """An organisation whose young people ask through its own pages."""

    class Kind(models.TextChoices):
        CLUB, PORTAL, SCHOOL = "club", "portal", "school"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.PORTAL)
    active = models.BooleanField(default=True)
    clean_labels = models.BooleanField(default=False)
    ages = models.JSONField(default=list, blank=True, help_text="age bands it may ask for; empty for all of ours")
    signposts = models.ManyToManyField(
        "questions.Signpost", blank=True, related_name="partners", help_text="named beside the service's own"
    )
    origins = models.JSONField(default=list, blank=True, help_text="where its button stands: https://host, exactly")
    colour = models.CharField(max_length=7, blank=True, help_text="#rrggbb, of its button and of the ask pages")
    requests_a_minute = models.PositiveSmallIntegerField(default=300, help_text="with all its keys together")

    def __str__(self) -> str:
        return self.name


class PartnerKey(models.Model):
    """A bearer secret, kept as a digest. scopes are among ask, read, publish."""

    SCOPES = ("ask", "read", "publish")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="keys")
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=models.F("made_at")),
                name="key_expires_after_made",
            )
        ]

    def __str__(self) -> str:
        return f"Key of {self.partner_id}"


class IdempotencyRecord(models.Model):
    """One answer kept 72 h for a repeat of the same request, sealed under HKDF(bearer secret, Idempotency-Key)."""

    partner = models.ForeignKey(Partner, models.CASCADE)
    digest = models.BinaryField(max_length=32, help_text="of the Idempotency-Key")
    body_digest = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    question = models.ForeignKey("questions.Question", models.CASCADE, related_name="idempotency_records")
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "digest"], name="one_answer_a_key")]

    def __str__(self) -> str:
        return f"Record {self.pk}"


class Hook(KeyKeeper):
    """An address at which a partner wants to be told of changes, and the secret that signs what it is told."""

    partner = models.ForeignKey(Partner, models.CASCADE, related_name="hooks")
    url = models.CharField(max_length=addresses.LONGEST, help_text="https only")
    secret = SealedTextField(help_text="whsec_…, shown once")
    former_secret = SealedTextField(null=True, help_text="the ones before, newest first: they sign until former_until")
    former_until = models.DateTimeField(null=True)
    since = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, help_text="it answered that it wants no more")
    rests_until = models.DateTimeField(null=True, help_text="it failed: nothing is tried before")
    silent_since = models.DateTimeField(null=True, help_text="nothing has answered there since")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "url"], name="one_hook_an_address"),
            models.CheckConstraint(
                condition=Q(former_secret__isnull=True, former_until__isnull=True)
                | Q(former_secret__isnull=False, former_until__isnull=False),
                name="former_secret_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"Hook of {self.partner_id}"
