"""The demo's service to walk through, with what it lacks: a report, a conflict, mail that died."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from playwright.sync_api import Page

from advisors import inviting
from advisors.drafting.models import Draft
from advisors.models import Person
from advisors.signoff import locking, reviewing
from askpeer import calendars
from askpeer.models import OutboxRow
from config.demo import seeding
from questions import deadlines, moves, states
from questions.intake import replying, reporting
from questions.intake.models import IntakeLimits
from questions.models import Question
from questions.publication import hiding
from questions.publication.models import Publication
from tests.browser.stage import Stage, opened, signed_in
from tests.factories import PASSWORD

BY_MOMENT = ("published_at", "question__asked_at")


class Demo:
    """Everybody and everything of the demo, found by what a page needs."""

    def __init__(self, stage: Stage, now) -> None:
        seeding.seed(now=now)
        self.stage, self.now = stage, now
        self.words = {said["status"]: said["words"] for said in seeding.remembered()["receipts"]}
        self._page = stage.visitor()
        self._sessions: dict = {}

    def person(self, alias: str) -> Person:
        return Person.objects.get(alias=alias)

    def question(self, status: str, alias: str = "", **which) -> Question:
        """The first question in this status, of this holder if one is named, that fits."""
        held = {"holder__alias": alias} if alias else {}
        return Question.objects.filter(status=status, **held, **which).order_by("asked_at")[0]

    def late(self) -> Question:
        rows = Question.objects.filter(status="in_progress").order_by("asked_at")
        return next(row for row in rows if row.round.due_at < self.now)

    def redated(self) -> Question:
        """The late one, once a person has given it a new date."""
        question = self.late()
        question.rounds.filter(number=question.round_number).update(redated_at=self.now + timedelta(days=2))
        return question

    def at_risk(self) -> Question:
        rows = Question.objects.filter(status__in=states.PROMISED).order_by("asked_at")
        calendar = calendars.current()
        return next(
            row for row in rows if deadlines.lateness(calendar, moves.course(row, row.round), now=self.now) == "at_risk"
        )

    def limit(self, **limits) -> None:
        """How many questions there are hands for; with nothing said, enough."""
        IntakeLimits.objects.all().delete()
        if limits:
            IntakeLimits.objects.create(**limits)

    def shown(self) -> Question:
        """One whose asker can read what would be published of it."""
        return self.public(status="anonymised").question

    def published(self) -> Question:
        """One that something in the library was made from."""
        question = self.question("answered", "Theo")
        row = self.public(status="published", hidden_at=None, question=None)
        Publication.objects.filter(pk=row.pk).update(question=question)
        return question

    def draft(self, question: Question) -> Draft:
        return Draft.objects.get(round=question.round, kind=Draft.Kind.ANSWER)

    def public(self, **which) -> Publication:
        """The first that fits, by its moments: the ids are drawn anew for every run."""
        return Publication.objects.filter(**which).order_by(*BY_MOMENT)[0]

    def happen(self) -> None:
        """What the demo has none of: a safety report, feedback, a small edit, a locked note, a dead letter."""
        answered = self.question("answered", "Sam")
        reporting.report(question=answered, words="It names my village.", now=self.now)
        replying.reply(question=self.question("pending_asker"), text="Since summer.", now=self.now)
        self._edit_a_little()
        self._lock_away()
        hiding.report(self.public(status="published", updated_at=None), now=self.now)
        OutboxRow.objects.filter(pk=OutboxRow.objects.order_by("pk")[0].pk).update(
            state=OutboxRow.State.DEAD, settled_at=self.now
        )
        _, self.token = inviting.invite(
            email="new@askpeer.example",
            alias="Newcomer",
            role="supervisor",
            born_on=None,
            by=self.person("Tom"),
            now=self.now + timedelta(seconds=1),
        )

    def _edit_a_little(self) -> None:
        self.edited = self.question("in_review", "Callum", level="green")
        draft = self.draft(self.edited)
        version = draft.versions.get(number=draft.number)
        text = version.text.replace("One small step", "One little step")
        reviewing.edit(draft=draft, base=draft.number, text=text, note="", by=self.person("Ruth"), now=self.now)

    def _lock_away(self) -> None:
        self.locked, last = self.question("answered", "Ffion"), self.now.date() + timedelta(days=90)
        lead = self.person("Grace")
        locking.lock_away(question=self.locked, reason="His sister.", last_day=last, by=lead, now=self.now)

    def second_step(self, alias: str) -> str:
        """Give this person an app and codes on paper. Returns one of the codes."""
        person = self.with_password(alias)
        TOTP.activate(person, generate_totp_secret())
        return RecoveryCodes.activate(person).get_unused_codes()[0]

    def with_password(self, alias: str) -> Person:
        """This person, with the password that the tests know. Whatever they were signed in with ends."""
        person = self.person(alias)
        self._sessions.pop(alias, None)
        person.set_password(PASSWORD)
        person.save()
        return person

    def key_of(self, alias: str) -> int:
        """The id of this person's security key."""
        return Authenticator.objects.get(user=self.person(alias), type=Authenticator.Type.WEBAUTHN).pk

    def waits(self, level: str) -> Question:
        """An open question of this level that any grown-up advisor may read."""
        rows = Question.objects.filter(status="open", level=level, writer="anyone")
        return rows.exclude(may_know_advisor=True).order_by("asked_at")[0]

    @property
    def in_cards(self) -> Question:
        rows = Question.objects.filter(status="open").order_by("asked_at")
        return next(row for row in rows if row.round.messages.get(kind="question").extras)

    @property
    def noted(self) -> Publication:
        return self.public(status="published", hidden_at=None, updated_at__isnull=False)

    def publications(self, status: str) -> list[Publication]:
        return list(Publication.objects.filter(status=status, hidden_at=None).order_by(*BY_MOMENT))

    def member(self, alias: str) -> Page:
        """Somebody of the staff in a browser that no other visit uses."""
        return self.stage.member(self.person(alias))

    def page(self, who: object) -> Page:
        """A page that is this person's: a stranger's session is new each time, the others' are kept."""
        if isinstance(who, Page):
            return who
        if who and who not in self._sessions:
            self._sessions[who] = signed_in(self.person(who)) if isinstance(who, str) else opened(who)
        self.stage.hand_over(self._page, session=self._sessions.get(who, ""))
        return self._page
