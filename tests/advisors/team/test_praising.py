from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from advisors.team import checking_in, guarding, opening, posting, praising
from advisors.team.models import Kudos
from askpeer import history
from askpeer.errors import Refused, Stale
from tests.factories import ManagerFactory, PersonFactory, TrusteeFactory, make_question

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
A_SECOND, A_DAY = timedelta(seconds=1), timedelta(days=1)
SIX = "abacus abdomen abide ablaze abroad abrasion"
TEXT = "Thank you for staying on with me."


def thank(person, by, at, text=TEXT):
    return praising.praise(person=person, text=text, by=by, now=at)


def refused(person, by, at, text=TEXT):
    with pytest.raises(Refused) as caught:
        thank(person, by, at, text)
    return str(caught.value)


def test_a_thanks_is_sealed_under_the_key_of_whom_it_is_for(sam, ruth, now):
    row = thank(sam, ruth, now)
    stored = Kudos.objects.values_list("text", flat=True).get()
    assert b"Thank" not in bytes(stored)
    assert [(one.giver, one.text) for one in praising.received(sam, now=now)] == [(ruth, TEXT)]
    assert (praising.received(ruth, now=now), history.of(f"kudos:{row.pk}")) == ([], [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (" \n", "Write what you want to thank them for."),
        ("x" * 301, "This can have 300 characters at most. It has 301."),
        ("ring 07911 123456", "There is a phone number in it. Leave out how to reach anybody, yourself too."),
    ],
)
def test_what_cannot_be_said_is_a_sentence(sam, ruth, now, text, sentence):
    assert refused(sam, ruth, now, text) == sentence


def test_a_receipt_and_a_questions_words_are_refused_here_too(sam, ruth, now):
    question = make_question(text="I moved to a new school in May.", receipt=SIX, now=now)
    opening.note(person=ruth, question=question, now=now)
    assert refused(sam, ruth, now, SIX) == guarding.RECEIPT
    assert refused(sam, ruth, now, "I moved to a new school in May") == guarding.THEIR_WORDS
    posting.post(text=SIX[:20], by=ruth, now=now)
    assert refused(sam, ruth, now + A_SECOND, SIX[20:]) == guarding.RECEIPT
    assert Kudos.objects.count() == 0


def test_nobody_thanks_themselves(sam, now):
    assert refused(sam, sam, now) == "This is for somebody else. Be kind to yourself all the same."
    with pytest.raises(IntegrityError), transaction.atomic():
        Kudos.objects.create(person=sam, giver=sam, text=TEXT, at=now)


def test_thanks_go_to_whoever_is_in_the_room(sam, ruth, now):
    tom, gone, trustee = ManagerFactory(alias="Tom"), PersonFactory(alias="Gone", is_active=False), TrusteeFactory()
    assert [row.alias for row in praising.colleagues(sam, now=now)] == ["Ruth", "Tom"]
    assert (refused(gone, sam, now), refused(trustee, sam, now)) == (praising.GONE, praising.GONE)
    with pytest.raises(Refused, match="The room is for"):
        thank(sam, trustee, now)
    assert thank(sam, tom, now).giver == tom


def test_twenty_a_day_on_the_services_own_clock(sam, ruth):
    midnight = datetime(2026, 7, 6, 23, tzinfo=UTC)  # in London, where it is summer
    Kudos.objects.bulk_create(
        Kudos(person=sam, giver=ruth, text=TEXT, at=midnight - A_DAY + number * A_SECOND) for number in range(19)
    )
    Kudos.objects.create(person=sam, giver=ruth, text=TEXT, at=midnight - A_DAY - A_SECOND)
    thank(sam, ruth, midnight - 2 * A_SECOND)
    assert refused(sam, ruth, midnight - A_SECOND) == "That is 20 thanks today. Keep the next one for tomorrow."
    thank(sam, ruth, midnight)
    assert Kudos.objects.count() == 22


def test_who_got_it_who_gave_it_and_who_keeps_order_take_it_down(sam, ruth, omar, now):
    other = PersonFactory()
    rows = [thank(sam, other, now) for _ in range(4)]
    with pytest.raises(Refused, match="Only the two of them"):
        praising.take_down(kudos=rows[0], by=PersonFactory(), now=now)
    for row, by in zip(rows, (sam, other, ruth, ManagerFactory()), strict=True):
        praising.take_down(kudos=row, by=by, now=now)
    assert [len(history.of(f"kudos:{row.pk}")) for row in rows] == [0, 0, 1, 1]
    assert history.of(f"kudos:{rows[2].pk}")[0].facts == {"person": str(sam.pk), "giver": str(other.pk)}
    with pytest.raises(Stale, match="gone already"):
        praising.take_down(kudos=rows[0], by=ruth, now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_for_one_and_for_three(sam, ruth, now, count, django_assert_num_queries):
    for _ in range(count):
        thank(sam, PersonFactory(), now)
    with django_assert_num_queries(1):
        assert len([row.text for row in praising.received(sam, now=now)]) == count
    with django_assert_num_queries(1):
        assert len([(row.giver.alias, row.text) for row in praising.shown(now=now)]) == count


def test_the_room_shows_the_newest_of_thirty_days(sam, ruth, now):
    thank(sam, ruth, now)
    later = now + praising.SHOWN_FOR
    assert [len(praising.shown(now=at)) for at in (later - A_SECOND, later)] == [1, 0]
    assert len(praising.received(sam, now=later)) == 1


def test_it_stands_on_their_desk_since_they_left_and_before_the_team(browser, sam, ruth, omar, now):
    checking_in.check_in(person=sam, mood="fine", now=now - A_DAY)
    Kudos.objects.create(person=sam, giver=ruth, text="From before.", at=now - A_DAY)
    response = browser(ruth).post("/desk/room/kudos/", {"person": sam.pk, "text": TEXT})
    assert response.url == "/desk/room/"
    assert "Ruth thanked Sam" in browser(omar).get("/desk/room/").content.decode()
    assert "Ruth thanked you" in browser(sam).get("/desk/room/").content.decode()
    desk = browser(sam).get("/desk/").content.decode()
    assert (f"Ruth thanked you: “{TEXT}”" in desk, "From before." in desk) == (True, False)


@pytest.mark.parametrize("whom", ["", "x", "00000000-0000-4000-8000-000000000007", "a\0b"])
def test_nobody_chosen_is_a_sentence_and_the_words_stay(browser, sam, whom):
    response = browser(sam).post("/desk/room/kudos/", {"person": whom, "text": TEXT})
    assert (response.status_code, TEXT in response.content.decode()) == (422, True)


def test_one_that_is_gone_is_found_no_more(browser, sam, ruth, now):
    row = thank(sam, ruth, now)
    assert browser(PersonFactory()).post(f"/desk/room/kudos/{row.pk}/delete/").status_code == 403
    assert browser(sam).post(f"/desk/room/kudos/{row.pk}/delete/").url == "/desk/room/"
    assert browser(sam).post(f"/desk/room/kudos/{row.pk}/delete/").status_code == 404
