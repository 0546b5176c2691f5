"""The team room opens once somebody agreed to how we work here and, under 16, their guardian said yes."""

from datetime import date

import pytest

from advisors.models import Person
from advisors.team import posting, praising
from advisors.team.models import Post
from askpeer.errors import Refused
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
AGREE = "Read how we work here and agree to it first. It takes five minutes."
CONSENT = "We don't have your guardian's yes. Talk to your manager."
NEWCOMERS = [
    ({"agreed_on": None, "agreed_to": ""}, AGREE),
    ({"born_on": date(2010, 11, 17), "guardian_consent_on": None}, CONSENT),
]


@pytest.mark.parametrize(("values", "sentence"), NEWCOMERS)
def test_a_newcomer_reads_what_comes_first(browser, now, values, sentence):
    posting.post(text="Good morning", by=PersonFactory(), now=now)
    client = browser(PersonFactory(**values))
    answers = [client.get("/desk/room/"), client.post("/desk/room/", {"text": "Hello"})]
    assert [(one.status_code, one.context["sentence"]) for one in answers] == [(403, sentence)] * 2
    assert 'href="/desk/welcome/">What you still need</a>' in answers[0].content.decode()
    assert Post.objects.count() == 1


@pytest.mark.parametrize(("values", "sentence"), NEWCOMERS)
def test_a_newcomer_says_nothing_and_is_thanked_for_nothing_yet(calendar, now, values, sentence):
    kim, sam = PersonFactory(**values), PersonFactory()
    for say in (posting.post, posting.answer_round):
        with pytest.raises(Refused) as refusal:
            say(text="Hello", by=kim, now=now)
        assert str(refusal.value) == sentence
    with pytest.raises(Refused) as refusal:
        praising.praise(person=sam, text="Thank you", by=kim, now=now)
    assert str(refusal.value) == sentence
    with pytest.raises(Refused) as refusal:
        praising.praise(person=kim, text="Thank you", by=sam, now=now)
    assert str(refusal.value) == praising.GONE


@pytest.mark.parametrize(
    "make",
    [
        lambda: PersonFactory(born_on=date(2010, 11, 16)),
        lambda: PersonFactory(born_on=date(2010, 11, 17), guardian_consent_on=date(2026, 11, 16)),
        SupervisorFactory,
        lambda: ManagerFactory(agreed_on=None, agreed_to=""),
    ],
)
def test_at_16_with_a_yes_and_for_the_others_it_is_open(browser, now, make):
    person = make()
    assert browser(person).get("/desk/room/").status_code == 200
    assert list(praising.colleagues(PersonFactory(), now=now)) == [Person.objects.get(pk=person.pk)]
