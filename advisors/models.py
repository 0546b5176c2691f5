"""The people who answer, and the invitations that bring them in."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from askpeer.fields import KeyKeeper, SealedTextField
from questions import holding

OWN_MOST = "*most"  # beside the slugs of boundaries, and none itself: how many answers at once they want at most
AGREEMENT = "2026-11"  # the wording of how we work here that people agree to today


def english_alone() -> list[str]:
    """What a newcomer answers in until somebody says more."""
    return ["en"]


class Role(models.TextChoices):
    ADVISOR = "advisor", "Advisor"
    SUPERVISOR = "supervisor", "Supervisor"
    LEAD = "lead", "Safeguarding lead"
    TRUSTEE = "trustee", "Trustee"
    MANAGER = "manager", "Manager"


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **values: Any) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **values)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(KeyKeeper, AbstractBaseUser):
    """One member of staff, known to everybody else by an alias. Their health data are sealed under their own key."""

    email = models.EmailField(unique=True)
    alias = models.CharField(max_length=40)
    role = models.CharField(max_length=10, choices=Role)
    deputy = models.BooleanField(default=False, help_text="may co-sign red in the lead's place")
    was_lead = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(default=True)
    born_on = models.DateField(null=True, blank=True, help_text="advisors only: under 18 brings its own rules")
    guardian_consent_on = models.DateField(null=True, blank=True, help_text="needed under 16")
    trained_until = models.DateField(null=True, blank=True, help_text="no claiming after this day")
    answers_given = models.PositiveIntegerField(default=0, help_text="the first five are side by side")
    most_at_once = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="fewer answers at once than the service's own limit"
    )
    partner = models.ForeignKey(
        "partners.Partner",
        models.SET_NULL,
        null=True,
        blank=True,
        help_text="their own school, whose questions they never see",
    )
    buddy = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    boundaries = SealedTextField(null=True, help_text='JSON: {"topic slug": "never" | "ask", "*most": 0 to 3}')
    languages = models.JSONField(default=english_alone, help_text="codes of the languages they read and answer in")
    joined_at = models.DateTimeField()
    about = models.CharField(max_length=200, blank=True, help_text="a line of their own for the team")
    agreed_on = models.DateField(null=True, blank=True, help_text="when they agreed to how we work here")
    agreed_to = models.CharField(max_length=10, blank=True, help_text="which wording of it, e.g. 2026-11")
    vetted_on = models.DateField(null=True, blank=True, help_text="18 or over: when their checks were seen")
    vetted_until = models.DateField(null=True, blank=True, help_text="when the checks are due again")
    vetting = models.CharField(max_length=80, blank=True, help_text="which checks were seen, without their numbers")
    probation_lifted_on = models.DateField(null=True, blank=True, editable=False)
    probation_lifted_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    thanked = models.PositiveIntegerField(default=0, editable=False, help_text="askers whose thanks were passed on")
    leaving_on = models.DateField(null=True, blank=True, help_text="their last day, as they said it themselves")

    # Other verbs write these.
    ELSEWHERE = frozenset(
        {
            "id",
            "is_active",
            "was_lead",
            "wrapped_key",
            "agreed_on",
            "agreed_to",
            "probation_lifted_on",
            "probation_lifted_by",
            "thanked",
            "leaving_on",
        }
    )

    agreement = AGREEMENT  # for the first floor, which asks for a person without knowing this one

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["alias", "role"]

    class Meta:
        verbose_name_plural = "people"
        ordering = ["alias"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(role="advisor") | Q(born_on__isnull=False), name="an_advisor_has_a_birth_date"
            ),
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True, agreed_to="") | (Q(agreed_on__isnull=False) & ~Q(agreed_to="")),
                name="agreed_to_a_wording",
            ),
        ]

    def __str__(self) -> str:
        return self.alias

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """A row that was read earlier and is saved whole never undoes what verbs have changed since: ELSEWHERE."""
        if update_fields is None and not self._state.adding:
            update_fields = {field.name for field in self._meta.concrete_fields} - self.ELSEWHERE
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def name(self) -> str:
        """How the trail names this person."""
        return f"person:{self.pk}"

    @property
    def has_led(self) -> bool:
        """Whether they are or ever were the safeguarding lead."""
        return self.was_lead or self.role == Role.LEAD

    def age_on(self, day: date) -> int | None:
        if self.born_on is None:
            return None
        return day.year - self.born_on.year - ((day.month, day.day) < (self.born_on.month, self.born_on.day))

    def is_under_18(self, now: datetime) -> bool:
        age = self.age_on(holding.today(now))
        return age is not None and age < 18

    def boundary_topics(self, choice: str) -> set[str]:
        """Slugs of the topics this person marked with the choice: "never" or "ask"."""
        return {slug for slug, mine in self._bounds().items() if mine == choice}

    @property
    def own_most(self) -> int | None:
        """How many answers at once this person wants at most, where they said so."""
        most = self._bounds().get(OWN_MOST)
        return most if isinstance(most, int) else None

    def _bounds(self) -> dict[str, Any]:
        return json.loads(self.boundaries) if self.boundaries else {}


class Invitation(models.Model):
    """A way in for one address and one role, used once. Only the token's digest is kept."""

    email = models.EmailField()
    alias = models.CharField(max_length=40)
    role = models.CharField(max_length=10, choices=Role)
    born_on = models.DateField(null=True, blank=True)
    guardian_email = models.EmailField(blank=True, help_text="of whoever has to consent for somebody under 16")
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Invitation of {self.alias}"


class GuardianRequest(models.Model):
    """A question to the guardian of somebody under 16: may they volunteer here? Only the token's digest is kept.

    The address goes with the answer; what stays is the day of the consent on the person.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="guardian_requests")
    email = models.EmailField(blank=True)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    consented = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, consented__isnull=True)
                | Q(answered_at__isnull=False, consented__isnull=False, email=""),
                name="a_guardian_answered",
            )
        ]

    def __str__(self) -> str:
        return f"Guardian of {self.person_id}"
