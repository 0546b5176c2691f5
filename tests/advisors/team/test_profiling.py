"""Who somebody is to the team: an alias of their own, and a line that leads nowhere outside."""

from functools import partial

import pytest

from advisors import inviting
from advisors.models import Person
from advisors.team import guarding, opening, profiling
from askpeer import history
from askpeer.errors import Refused
from tests.factories import ManagerFactory, PersonFactory, TrusteeFactory, make_question
from tests.interleaving import before

pytestmark = pytest.mark.django_db
SIX = "abacus abdomen abide ablaze abroad abrasion"


def kept(person):
    return Person.objects.values_list("alias", "about").get(pk=person.pk)


def test_both_are_kept_tidied_up_and_the_trail_says_which_changed(sam, now):
    assert profiling.change(person=sam, alias="  Sammy  J ", about="I like\n tea.", now=now) == ["about", "alias"]
    assert profiling.change(person=sam, alias="Sammy J", about="I like tea.", now=now) == []
    assert kept(sam) == ("Sammy J", "I like tea.")
    assert [(row.kind, row.facts) for row in history.of(sam.name)] == [("changed", {"fields": ["about", "alias"]})]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"alias": " "}, "Give them an alias: the name that everybody else here will see."),
        ({"alias": "x" * 41}, "An alias can have 40 characters at most. This one has 41."),
        ({"alias": "NELL"}, "Somebody here is already called NELL. Choose another alias."),
        ({"alias": "noor"}, "Somebody here is already called noor. Choose another alias."),
        ({"about": "x" * 201}, "Your line can have 200 characters at most. This one has 201."),
        ({"about": "a\0b"}, "There is a character in your text that we cannot store. Try typing that part again."),
        (
            {"about": "Ring me on 07700 900123 or write to @sammy_j"},
            "Leave out phone numbers and user names: the team meets you here, and nowhere else.",
        ),
        (
            {"about": "sam@example.org"},
            "Leave out e-mail addresses: the team meets you here, and nowhere else.",
        ),
    ],
)
def test_what_will_not_do_is_a_sentence_and_nothing_changes(sam, now, values, sentence):
    PersonFactory(alias="Nell")
    invited = {"email": "n@example.org", "alias": "Noor", "role": "supervisor", "born_on": None}
    inviting.invite(**invited, by=ManagerFactory(), now=now)
    with pytest.raises(Refused) as refusal:
        profiling.change(person=sam, **{"alias": "Sam", "about": ""} | values, now=now)
    assert (str(refusal.value), kept(sam)) == (sentence, ("Sam", ""))


@pytest.mark.parametrize(
    ("alias", "about", "sentence"),
    [
        ("Sam", f"My words: {SIX}", guarding.RECEIPT),
        ("Sam", SIX.replace(" ", "\u3164"), guarding.RECEIPT),
        ("abacus abdomen abide", "ablaze abroad abrasion", guarding.RECEIPT),
        ("Sam", "They moved to a new school in May", guarding.THEIR_WORDS),
        ("07700 900123", "", "Leave out how to reach anybody: an alias is a name alone."),
    ],
)
def test_what_the_room_takes_from_nobody_is_not_taken_here_either(browser, calendar, sam, now, alias, about, sentence):
    question = make_question(text="Then they moved to a new school in May.", receipt=SIX, now=now)
    opening.note(person=sam, question=question, now=now)
    response = browser(sam).post("/desk/profile/", {"alias": alias, "about": about})
    assert (response.status_code, response.context["form"]["about"].value()) == (422, about)
    assert (response.context["form"].non_field_errors(), kept(sam)) == ([sentence], ("Sam", ""))


def test_two_hundred_characters_are_not_too_many(sam, now):
    assert profiling.change(person=sam, alias="Sam", about="x" * 200, now=now) == ["about"]


def test_an_alias_that_somebody_takes_in_the_same_moment_is_taken(sam, now):
    other = PersonFactory(alias="Nell")
    act = partial(profiling.change, person=other, alias="Robin", about="", now=now)
    with before("SELECT", "advisors_person", act), pytest.raises(Refused, match="already called Robin"):
        profiling.change(person=sam, alias="Robin", about="", now=now)
    assert kept(sam) == ("Sam", "")


def test_the_page_keeps_what_was_typed(browser, sam):
    client = browser(sam)
    refused = client.post("/desk/profile/", {"alias": "Sam", "about": "Write to sam@example.org"})
    assert (refused.status_code, refused.context["form"]["about"].value()) == (422, "Write to sam@example.org")
    assert client.post("/desk/profile/", {"alias": "Sam", "about": "Tea."})["Location"] == "/desk/profile/"
    assert kept(sam) == ("Sam", "Tea.")


@pytest.mark.parametrize("about", ["\0", "‮drow", "x" * 200_000])
def test_hostile_words_get_an_answer(browser, sam, about):
    status = browser(sam).post("/desk/profile/", {"alias": "Sam", "about": about}).status_code
    assert status in {302, 422}


def test_everybody_has_one_but_trustees(browser, now):
    assert browser(ManagerFactory()).get("/desk/profile/").status_code == 200
    trustee = TrusteeFactory()
    assert browser(trustee).get("/desk/profile/").status_code == 403
    with pytest.raises(Refused, match="not part of your role"):
        profiling.change(person=trustee, alias="T", about="", now=now)
