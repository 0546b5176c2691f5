"""A question, its rounds and everything said in them; topics and signposts. Texts are sealed under the question's key.

Whatever hangs on a round (a foreign key to Round, on any floor) is deleted when the question is erased.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from askpeer.fields import KeyKeeper, SealedTextField
from questions import states


class Topic(models.Model):
    """What a question is about, in young people's own words."""

    MOST_KEYWORDS = 40
    LONGEST_KEYWORD = 40  # characters

    slug = models.SlugField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    clean_label = models.CharField(max_length=60, blank=True, help_text="shown where a partner asks for it")
    keywords = models.JSONField(default=list, blank=True)
    sensitive = models.BooleanField(default=False, help_text="kept from advisors under 18; carries a content note")
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(default=False, db_default=False, help_text="nobody new can choose it")

    class Meta:
        ordering = ["position", "label"]

    def __str__(self) -> str:
        return self.label

    def said(self, *, clean: bool) -> str:
        """Its label, or the clean one where that is asked for and there is one."""
        return (clean and self.clean_label) or self.label


class Signpost(models.Model):
    """A vetted outside service."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    url = models.URLField(max_length=200, blank=True)
    summary = models.CharField(max_length=300)
    country = models.CharField(max_length=2, default="GB")
    nations = models.JSONField(default=list, blank=True, help_text="ISO 3166-2 codes; empty for the whole country")
    min_age = models.PositiveSmallIntegerField(default=0)
    max_age = models.PositiveSmallIntegerField(default=99)
    topics = models.ManyToManyField(Topic, blank=True, related_name="signposts")
    crisis = models.BooleanField(default=False)
    last_verified = models.DateField(null=True, blank=True)
    told_stale_on = models.DateField(null=True, editable=False)  # told the managers
    remark = models.CharField(max_length=80, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class SignpostChannel(models.Model):
    """One way to reach a signpost, with its hours in words.

    A span of awake holds every day, or, where it has a third part, on those: [from hour, to hour, [0 for Monday, …]].
    """

    class Kind(models.TextChoices):
        CHAT, TEXT, PHONE, EMAIL, WEB = "chat", "text", "phone", "email", "web"

    signpost = models.ForeignKey(Signpost, models.CASCADE, related_name="channels")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=200)
    hours = models.CharField(max_length=120, blank=True)
    awake = models.JSONField(default=list, blank=True, help_text="[[from hour, to hour], …]; empty for always")

    class Meta:
        ordering = ["pk"]  # as somebody typed them

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


def _choices(values: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(value, value) for value in values]


class Retention(models.Model):
    """How long what was answered is kept, as the manager says: one row. Without it the settings hold."""

    close_days = models.PositiveSmallIntegerField(help_text="from an answer until its question closes")
    erase_days = models.PositiveSmallIntegerField(help_text="from closing until it is erased")

    class Meta:
        verbose_name_plural = "retention"

    def __str__(self) -> str:
        return "Retention"


class Question(KeyKeeper):
    """One question and the key of all its texts. status, version, holder and alarm change in moves.move() alone."""

    WRITERS = ("anyone", "adult", "expert")
    WANTS = ("listening", "ideas", "facts")

    receipt_digest = models.BinaryField(max_length=32, null=True, unique=True)
    status = models.CharField(max_length=20, choices=_choices(states.STATUSES), default=states.NEW)
    version = models.PositiveIntegerField(default=1, help_text="one more at each move; the number of the stage")
    entered_at = models.DateTimeField(help_text="when the present stage began")
    alarm_at = models.DateTimeField(null=True)
    alarm_kind = models.CharField(max_length=20, blank=True)
    # No index of its own: nearly every row has no holder, and question_holder leaves those out.
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="held_questions", db_index=False
    )
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", help_text="first choice for this round"
    )
    level = models.CharField(max_length=5, choices=_choices(states.LEVELS), default=states.GREEN)
    round_number = models.PositiveSmallIntegerField(default=1)
    asked_at = models.DateTimeField()
    topic = models.ForeignKey(Topic, models.SET_NULL, null=True)
    partner = models.ForeignKey("partners.Partner", models.PROTECT, null=True)
    by_button = models.BooleanField(
        default=False, help_text="asked on our own pages, to which the partner's button led: it sees nothing of it"
    )
    language = models.CharField(max_length=5, default="en")
    age_band = models.CharField(max_length=16, null=True, choices=_choices(states.AGE_BANDS))  # noqa: DJ001  (erased)
    nation = models.CharField(max_length=8, null=True)  # noqa: DJ001  (NULL is "erased", "" is "not said")
    wants = models.JSONField(default=list)
    writer = models.CharField(max_length=8, choices=_choices(WRITERS), default="anyone")
    may_know_advisor = models.BooleanField(default=False)
    about_staff = models.BooleanField(default=False, help_text="read by the safeguarding lead alone")
    about_lead = models.BooleanField(default=False, help_text="about_staff too, and read by a trustee alone")
    quarantined = models.BooleanField(default=False)
    summary = SealedTextField(null=True, help_text="the one line for the desk, written by a supervisor")
    masked = SealedTextField(null=True, help_text="JSON list: names that a supervisor hides from advisors")
    content_notes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=states.WITHDRAWN)
                | Q(
                    wrapped_key__isnull=True,
                    receipt_digest__isnull=True,
                    age_band__isnull=True,
                    nation__isnull=True,
                    summary__isnull=True,
                    masked__isnull=True,
                    alarm_at__isnull=True,
                ),
                name="withdrawn_is_erased",
            ),
            models.CheckConstraint(
                condition=Q(status=states.WITHDRAWN) | Q(wrapped_key__isnull=False, receipt_digest__isnull=False),
                name="kept_has_its_key",
            ),
            models.CheckConstraint(
                condition=Q(about_lead=False) | Q(about_staff=True),
                name="about_the_lead_is_about_staff",
            ),
            models.CheckConstraint(
                condition=Q(by_button=False) | Q(partner__isnull=False), name="a_button_is_a_partners"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[states.NEW, states.OPEN, states.WITHDRAWN, states.CLOSED])
                | Q(holder__isnull=True),
                name="unheld_has_no_holder",
            ),
        ]
        indexes = [
            models.Index(fields=["alarm_at"], name="question_alarm", condition=Q(alarm_at__isnull=False)),
            models.Index(fields=["status", "asked_at", "id"], name="question_queue"),
            models.Index(fields=["holder", "status"], name="question_holder", condition=Q(holder__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Question {self.pk}"

    @property
    def subject(self) -> str:
        """How the trail and the outbox name this question."""
        return f"question:{self.pk}"

    @property
    def round(self) -> "Round":
        """The current round; read once a row."""
        kept = self.__dict__.get("_round")
        if kept is None or kept.number != self.round_number:
            kept = self.rounds.get(number=self.round_number)
            kept.question = self
            self.__dict__["_round"] = kept
        return kept


class Round(models.Model):
    """A question or follow-up and its answer: one promise. Moments only, so it outlives an erasure."""

    class Reached(models.TextChoices):
        NOTHING, AT_RISK, LATE, UNDATED = "", "at_risk", "late", "undated"
        AT_RISK_AGAIN, AGAIN = "at_risk_again", "again"

    WARNED = (Reached.AT_RISK, Reached.AT_RISK_AGAIN)

    class Why(models.TextChoices):
        """Why a promise gets a new date; its asker reads it."""

        MISSED = "", "We fell behind"
        CLOSED = "closed", "We have to be closed"
        ILL = "ill", "Too many of us are ill"
        DOWN = "down", "The site was down"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    promised_at = models.DateTimeField(help_text="never changes")
    due_at = models.DateTimeField(help_text="promised_at, moved by pauses")
    paused_at = models.DateTimeField(null=True, help_text="a round pauses once")
    redated_at = models.DateTimeField(null=True, help_text="the new date of a broken promise; counts as late")
    redated_for = models.CharField(max_length=8, choices=Why, default=Why.MISSED, blank=True)
    answered_at = models.DateTimeField(null=True)
    reached = models.CharField(max_length=16, choices=Reached, default=Reached.NOTHING, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="one_round_a_number"),
            models.CheckConstraint(condition=Q(due_at__gte=models.F("promised_at")), name="due_is_never_early"),
        ]

    def __str__(self) -> str:
        return f"Round {self.number} of {self.question_id}"


class Message(models.Model):
    """One text in a round: the asker's, or ours as it was approved. passed_at is when triage let an advisor read it."""

    class Kind(models.TextChoices):
        QUESTION, FOLLOW_UP, REPLY = "question", "follow_up", "reply"
        CLARIFICATION, ANSWER, HOLDING, REDIRECT = "clarification", "answer", "holding", "redirect"

    FROM_ASKER = (Kind.QUESTION, Kind.FOLLOW_UP, Kind.REPLY)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=16, choices=Kind)
    text = SealedTextField(sealed_by="round.question")
    extras = SealedTextField(sealed_by="round.question", null=True, help_text='JSON: {"cards": […], "timeline": […]}')
    html = SealedTextField(sealed_by="round.question", null=True, help_text="ours, rendered when it was approved")
    digest = models.BinaryField(max_length=32, null=True, help_text="of the approved wording")
    sent_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round"], name="one_answer_a_round", condition=Q(kind="answer")),
            models.UniqueConstraint(
                fields=["round"], name="one_opening_a_round", condition=Q(kind__in=["question", "follow_up"])
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["question", "follow_up", "reply"]) | Q(digest__isnull=False, html__isnull=False),
                name="ours_has_its_digest",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sent_at"],
                name="message_untriaged",
                condition=Q(passed_at__isnull=True, kind__in=["question", "follow_up", "reply"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_from_asker(self) -> bool:
        return self.kind in self.FROM_ASKER


class Contact(KeyKeeper):
    """Where to say that something new waits. Its own key: only the mailer and break-glass open it."""

    question = models.OneToOneField(Question, models.CASCADE, related_name="contact")
    email = SealedTextField()
    paused_at = models.DateTimeField(null=True, help_text="the address was refused for good")

    def __str__(self) -> str:
        return f"Contact of {self.question_id}"


class Feedback(models.Model):
    """What the asker said of an answer. Words pass triage before an advisor reads them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.OneToOneField(Round, models.CASCADE, related_name="feedback")
    felt_heard = models.BooleanField(null=True)
    next_step = models.BooleanField(null=True)
    knew_checked = models.BooleanField(null=True)
    words = SealedTextField(sealed_by="round.question", null=True)
    sent_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Feedback on {self.round_id}"


class SafetyReport(models.Model):
    """A report of "Something wrong with this answer?": a supervisor sees it at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, models.CASCADE, related_name="safety_reports")
    words = SealedTextField(sealed_by="round.question")
    sent_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"Report on {self.round_id}"


class Reminder(models.Model):
    """A rung of the ladder that was reached: once for each stage and kind. Staff rungs wait here to be told."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="reminders")
    round_number = models.PositiveSmallIntegerField()
    stage = models.PositiveIntegerField(help_text="the question's version; 0 for a rung of the promise")
    kind = models.CharField(max_length=20)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    superseded = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "round_number", "stage", "kind"], name="one_rung_a_stage")
        ]
        indexes = [
            models.Index(fields=["id"], name="reminder_untold", condition=Q(told_at__isnull=True, superseded=False))
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.question_id}"


class LockedNote(KeyKeeper):
    """What the safeguarding lead keeps of a question where somebody may be badly hurt, under a key of its own.

    It holds the exact words, so erasing the question never waits for it; it goes by itself after its last day. The
    foreign key is not called question: erasing deletes whatever hangs by that name.
    """

    about = models.ForeignKey(Question, models.PROTECT, related_name="locked_notes")
    words = SealedTextField(help_text="everything said, as it was")
    reason = SealedTextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    last_day = models.DateField(help_text="looked at again, or gone, after this day")
    let_go_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        help_text="who wants it gone; somebody else deletes it",
    )
    kept_from = models.JSONField(
        default=list, help_text="ids of whoever was recused: their recusals go with the question, this does not"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about"], name="one_locked_note_a_question")]

    def __str__(self) -> str:
        return f"Locked note on {self.about_id}"
