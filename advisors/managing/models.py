"""What the manager made and has still to hand on: secrets that are shown to whoever made them, and then are gone."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from askpeer.fields import KeyKeeper, SealedTextField
from questions.partners.models import Hook, Partner, PartnerKey


class ShownOnce(KeyKeeper):
    """The secret of a key or a webhook until whoever made it has copied it; a backup never has it."""

    LEFT_OUT_OF_BACKUPS = True

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="+")
    partner_key = models.OneToOneField(PartnerKey, models.CASCADE, null=True, related_name="+")
    hook = models.OneToOneField(Hook, models.CASCADE, null=True, related_name="+")
    secret = SealedTextField()
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(partner_key__isnull=True, hook__isnull=False)
                | Q(partner_key__isnull=False, hook__isnull=True),
                name="shown_once_is_of_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"Shown once {self.pk}"
