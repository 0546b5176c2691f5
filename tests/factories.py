"""Rows for tests, as the verbs would leave them."""

from datetime import UTC, date, datetime, timedelta

import factory

from advisors.duty.models import OnDuty
from advisors.models import Person, Role
from advisors.signoff.marking import Marks
from askpeer import calendars, receipts
from questions import deadlines, moves
from questions.models import Contact, Message, Question, Round, Topic

NOW = datetime(2026, 11, 16, 11, tzinfo=UTC)
PASSWORD = "correct horse battery"
YOUNG = date(2008, 11, 16)  # whoever is born later is under 18
FINE = Marks(safe=True, accurate=True)


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@askpeer.example")
    alias = factory.Sequence(lambda n: f"Person {n}")
    role = Role.ADVISOR
    born_on = date(2004, 5, 1)
    trained_until = date(2099, 6, 1)  # some tests go by the real clock
    joined_at = NOW
    answers_given = 20
    agreed_on = vetted_on = date(2026, 1, 5)
    agreed_to = "2026-11"
    probation_lifted_on = date(2026, 6, 1)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        # Under 18 nobody begins without a buddy; one who works no more turns up in no list and signs nothing first.
        if kwargs["role"] == Role.ADVISOR and kwargs["born_on"] > YOUNG and "buddy" not in kwargs:
            kwargs["buddy"] = SupervisorFactory(is_active=False)
        return model_class.objects.create_user(password=kwargs.pop("password", PASSWORD), **kwargs)


class SupervisorFactory(PersonFactory):
    role = Role.SUPERVISOR
    born_on = None


class LeadFactory(SupervisorFactory):
    role = Role.LEAD


class TrusteeFactory(SupervisorFactory):
    role = Role.TRUSTEE


class ManagerFactory(SupervisorFactory):
    role = Role.MANAGER


def keep_on_duty(person, *, now=NOW):
    """Put a supervisor on duty for as long as a test may last: only then do advisors take something new."""
    OnDuty.objects.create(person=person, since=now, seen_at=now + timedelta(days=365))
    return person


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    slug = factory.Sequence(lambda n: f"topic-{n}")
    label = factory.Sequence(lambda n: f"Topic {n}")


def make_question(*, text="I feel alone at my new school.", now=NOW, receipt=None, email=None, **values):
    """A question in `new` with its first round and message. Needs the calendar fixture."""
    receipt = receipt or receipts.draw()
    values = {"age_band": "13-15", "nation": "GB-ENG"} | values
    question = Question(receipt_digest=receipts.digest(receipt), asked_at=now, entered_at=now, **values)
    question.save()
    promised = deadlines.promise(calendars.current(), asked=now)
    turn = Round.objects.create(question=question, number=1, asked_at=now, promised_at=promised, due_at=promised)
    Message.objects.create(round=turn, kind=Message.Kind.QUESTION, text=text, sent_at=now)
    if email:
        Contact.objects.create(question=question, email=email)
    moves.set_alarm(question, now=now)
    return question
