import pytest

from advisors.drafting import picking
from askpeer.errors import Refused

HEARD = [picking.normalise(text) for text in ("I don't sleep, and my mum says: give it TIME!", "lonely")]


def test_a_detail_stands_whatever_its_case_and_punctuation():
    assert picking.found(["dont sleep", "Give it time", "Lonely"], HEARD) == ["dont sleep", "Give it time", "Lonely"]


def test_what_they_never_wrote_is_no_detail():
    assert picking.found(["my dad", "sleep and my", "ime", "I", "", "!!"], HEARD) == ["sleep and my"]


def test_the_same_detail_twice_or_one_inside_another_counts_once():
    assert picking.found(["my mum", "My Mum!", "mum"], HEARD) == ["My Mum!"]


@pytest.mark.parametrize(
    ("heard", "needed"), [(["help"], 1), ([""], 0), (["so sad"], 1), (["help me please"], 2), (["sad", "tired"], 2)]
)
def test_as_many_details_are_needed_as_there_can_be_and_two_at_most(heard, needed):
    assert picking.needed(heard) == needed


def test_too_many_or_too_long_details_get_a_sentence():
    with pytest.raises(Refused, match="Mark up to 4 details, each with 200 characters at most"):
        picking.clean(["one"] * 5)
    with pytest.raises(Refused, match="200 characters"):
        picking.clean(["x" * 201])
    assert picking.clean(["", "  ", " kept \u200b"]) == ["kept"]


@pytest.mark.django_db
def test_cards_and_moments_count_and_words_behind_a_mask_do_not(triaged):
    question = triaged(text="Ring me: 07700 900123", cards=["sad"], timeline=["My nan died"])
    heard = picking.said(question)
    assert picking.found(["sad", "nan died", "07700 900123"], heard) == ["sad", "nan died"]
