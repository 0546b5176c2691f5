import tomllib

import pytest

from advisors.drafting import wording
from advisors.signoff import wordings
from advisors.signoff.models import Wording
from askpeer import details, prose

STARTERS = tomllib.loads(wordings.STARTERS.read_text())["wording"]


@pytest.mark.django_db
def test_the_starter_sentences_are_the_work_of_two_people(ruth, omar):
    assert wordings.load(writer=ruth, approver=omar) == 9
    assert wordings.load(writer=ruth, approver=omar) == 9
    assert [row.code for row in wordings.approved("redirect", language="en")] == [
        "legal_advice",
        "medical_advice",
        "outside_area",
        "right_now",
        "ongoing_support",
        "maybe_joke",
    ]
    assert [row.code for row in wordings.approved("holding", language="en")] == [
        "not_safe",
        "picture_threat",
        "unsafe_home",
    ]


@pytest.mark.django_db
def test_the_askers_language_comes_before_english(ruth, omar):
    wordings.load(writer=ruth, approver=omar)
    mine = {"kind": "holding", "code": "not_safe", "label": "Niet veilig", "writer": ruth}
    Wording.objects.create(**mine, language="nl", text="Dank je.", approver=omar)
    assert wordings.choose("holding", "not_safe", language="nl").text == "Dank je."
    assert wordings.choose("holding", "not_safe", language="en").label == "Not safe from themselves"
    assert wordings.choose("holding", "unsafe_home", language="nl").language == "en"


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter["code"])
def test_a_starter_sentence_is_plain_and_names_no_country(starter):
    text = starter["text"]
    assert ("!" in text, details.find(text), wording.check(text)) == (False, [], [])
    assert prose.reading_age(text) <= 11
