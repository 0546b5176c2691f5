"""After a red or heavy case its writer is asked, once, whether they want to talk it through."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.urls import reverse

from advisors import sweeping
from advisors.drafting import claiming
from advisors.drafting.models import Claim
from advisors.models import Person
from advisors.safeguarding import naming
from advisors.signoff import levels, triaging, wordings
from advisors.team import debriefing
from advisors.team.models import Debrief
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions import moves, states
from questions.intake import withdrawing
from questions.models import Question
from tests.factories import (
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TopicFactory,
    TrusteeFactory,
    make_question,
)
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
TEN = 10 * MINUTE
WORDS = "I keep thinking about what they wrote."


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


@pytest.fixture
def held(omar, sam, now):
    """Make a question that Sam takes now."""

    def make(level="amber", *, by=sam, notes=(), **values):
        question = make_question(now=now - 20 * MINUTE, level=level, **values)
        line = {"summary": "New school.", "content_notes": list(notes)}
        triaging.pass_on(question=question, version=1, by=omar, now=now - 20 * MINUTE, **line)
        claiming.claim(question=question, by=by, version=question.version, now=now)
        return Question.objects.get(pk=question.pk)

    return make


@pytest.fixture
def wanted(sam, now):
    """Sam would like to talk."""
    row = Debrief.objects.create(person=sam, offered_at=now)
    return debriefing.answer(debrief=row, wanted=True, words=WORDS, by=sam, now=now)


def hand_back(question, by, at, note="Halfway."):
    claiming.hand_back(question=question, by=by, version=question.version, note=note, now=at)


def offered():
    return [(row.person.alias, row.offered_at) for row in Debrief.objects.select_related("person")]


@pytest.mark.parametrize(
    ("level", "sensitive", "notes", "is_heavy"),
    [
        ("green", False, (), False),
        ("green", True, (), True),
        ("green", False, ("self-harm",), True),
        ("amber", False, (), True),
        ("red", False, (), True),
    ],
)
def test_what_is_red_or_heavy_is_offered_once_it_is_over(held, sam, now, level, sensitive, notes, is_heavy):
    question = held(level, notes=notes, topic=TopicFactory(sensitive=sensitive))
    hand_back(question, sam, now + TEN + SECOND)
    assert offered() == ([("Sam", now + TEN + SECOND)] if is_heavy else [])


@pytest.mark.parametrize(("after", "count"), [(TEN, 0), (TEN + SECOND, 1)])
def test_put_back_within_ten_minutes_is_no_case_of_theirs(held, sam, now, after, count):
    hand_back(held(), sam, now + after)
    assert Debrief.objects.count() == count


def test_a_case_that_ends_by_a_redirect_or_by_stepping_back_is_one_too(held, sam, omar, ruth, now):
    wordings.load(writer=omar, approver=ruth)
    question = held()
    triaging.redirect(question=question, version=question.version, code="legal_advice", by=omar, now=now + MINUTE)
    claiming.recuse(question=held(), by=sam, now=now + 2 * MINUTE)
    assert sorted(offered()) == [("Sam", now + MINUTE), ("Sam", now + 2 * MINUTE)]


def test_what_somebody_else_takes_over_is_offered_to_who_had_it(held, sam, omar, now):
    question, jaz = held(), PersonFactory(alias="Jaz")
    claiming.assign(question=question, to=jaz, by=omar, version=question.version, now=now + 30 * MINUTE)
    assert [alias for alias, _ in offered()] == ["Sam"]


def test_what_the_ladder_takes_back_is_offered_by_the_next_minute_and_once(held, sam, now):
    question = held()
    moves.move(question, states.OPEN, by=moves.SERVICE, now=now + DAY)
    assert offered() == []
    for _ in range(2):
        sweeping.care(now=now + DAY + MINUTE)
    assert offered() == [("Sam", now + DAY)]
    assert Claim.objects.get().released_at == now + DAY


def test_an_offer_outlives_what_its_asker_erased_and_names_nothing_of_it(held, sam, now):
    question = held(topic=TopicFactory())
    hand_back(question, sam, now + TEN + SECOND)
    withdrawing.erase(question=question, now=now + DAY)
    sweeping.care(now=now + DAY)
    assert [row.claim for row in debriefing.offers(sam, now=now + DAY)] == [None]


def test_who_is_kept_from_a_case_about_a_colleague_is_told_of_it_by_no_offer(browser, held, sam, now, clock):
    lead, question, earlier = LeadFactory(), held(), Claim(round_number=1, person=sam, claimed_at=now)
    TrusteeFactory()
    Question.objects.filter(pk=question.pk).update(about_staff=True)
    earlier.question, earlier.released_at = question, now
    earlier.save()
    before_it = Debrief.objects.create(person=sam, claim=earlier, offered_at=now)
    own = browser(sam)
    clock.move_to(now + MINUTE)
    # Since it is about a colleague, no page speaks of it; once it is about them, the offer is gone.
    assert debriefing.offers(sam, now=now + MINUTE) == []
    assert own.get(reverse("team:debrief", args=[before_it.pk])).status_code == 404
    naming.name_person(question=Question.objects.get(), person=sam, by=lead, now=now + MINUTE)
    assert (Claim.objects.filter(released_at=None).count(), offered()) == (0, [])
    assert "heavy one" not in own.get("/desk/").content.decode()


def test_a_yes_from_before_stays_a_yes(held, sam, ruth, now):
    LeadFactory(), TrusteeFactory()
    question = held()
    hand_back(question, sam, now + TEN + SECOND)
    debriefing.answer(debrief=Debrief.objects.get(), wanted=True, by=sam, now=now + TEN + MINUTE)
    Question.objects.filter(pk=question.pk).update(about_staff=True)
    claiming.recuse(question=Question.objects.get(), by=sam, now=now + DAY)
    assert [row.alias for row in debriefing.wanting(ruth)] == ["Sam"]


def test_a_claim_that_somebody_holds_is_left_alone(held, sam, now):
    held()
    sweeping.care(now=now + DAY)
    assert (Claim.objects.get().released_at, offered()) == (None, [])


def test_taken_anew_between_the_look_and_the_lock_it_stays(held, sam, now):
    question = held()
    moves.move(question, states.OPEN, by=moves.SERVICE, now=now + MINUTE)
    take = lambda: claiming.claim(question=question, by=sam, version=question.version, now=now + 2 * MINUTE)  # noqa: E731
    with before("SELECT", "questions_question", take, nth=2):
        sweeping.care(now=now + 2 * MINUTE)
    assert list(Claim.objects.order_by("pk").values_list("released_at", flat=True)) == [now + MINUTE, None]
    assert Debrief.objects.count() == 1


def test_a_level_that_was_raised_meanwhile_counts(held, sam, omar, now):
    question = held("green")
    levels.raise_level(question=question, level="amber", reason="They cut.", by=omar, now=now + MINUTE)
    hand_back(Question.objects.get(), sam, now + TEN + SECOND)
    assert Debrief.objects.count() == 1


def mailed(at):
    mail.outbox.clear()
    outbox.relay(now=at)
    return sorted(message.to[0].split("@")[0] for message in mail.outbox)


def test_a_yes_tells_the_buddy_and_duty_and_holds_no_word(sam, omar, ruth, wanted, now, settings):
    Person.objects.filter(pk=sam.pk).update(buddy=PersonFactory(email="ana@askpeer.example"))
    assert mailed(now) == ["ana", "omar"]
    sentence = (
        "Somebody on the team would like to talk something through with you. Please find a time in the next days."
    )
    assert {message.subject for message in mail.outbox} == {"Somebody would like to talk"}
    assert f"Hello Omar,\n\n{sentence}\n\n{settings.SITE_URL}{reverse('team:debriefs')}\n" in {
        message.body for message in mail.outbox
    }
    assert not OutboxRow.objects.filter(refs__icontains="thinking").exists()
    assert b"thinking" not in bytes(Debrief.objects.values_list("words", flat=True).get())
    assert history.of(sam.name) == []


def test_a_no_tells_nobody_and_keeps_no_word(sam, omar, now):
    row = Debrief.objects.create(person=sam, offered_at=now)
    debriefing.answer(debrief=row, wanted=False, words=WORDS, by=sam, now=now)
    assert (mailed(now), OutboxRow.objects.count()) == ([], 0)
    assert Debrief.objects.values_list("wanted", "words", "answered_at").get() == (False, None, now)


def test_once_they_have_talked_no_letter_leaves(sam, omar, ruth, wanted, now):
    debriefing.talked(debrief=wanted, by=ruth, now=now)
    assert mailed(now) == []


def test_the_second_answer_is_too_late_whichever_it_is(sam, now):
    row = Debrief.objects.create(person=sam, offered_at=now)
    copy = Debrief.objects.get()
    debriefing.answer(debrief=row, wanted=True, by=sam, now=now)
    with pytest.raises(Stale, match="answered this one already"):
        debriefing.answer(debrief=copy, wanted=False, by=sam, now=now)
    assert Debrief.objects.get().wanted is True


def test_two_windows_answer_under_the_lock(sam, now):
    row = Debrief.objects.create(person=sam, offered_at=now)
    no = lambda: debriefing.answer(debrief=row, wanted=False, by=sam, now=now)  # noqa: E731
    with pytest.raises(Stale), before("SELECT", "advisors_person", no):
        debriefing.answer(debrief=row, wanted=True, by=sam, now=now)
    assert OutboxRow.objects.count() == 0


def test_nobody_answers_for_somebody_else(sam, ruth, now):
    row = Debrief.objects.create(person=sam, offered_at=now)
    with pytest.raises(Stale):
        debriefing.answer(debrief=row, wanted=True, by=ruth, now=now)


@pytest.mark.parametrize(("words", "sentence"), [("x" * 1501, "1,500 characters at most"), ("a\0b", "cannot store")])
def test_words_that_cannot_be_kept_are_refused(sam, now, words, sentence):
    row = Debrief.objects.create(person=sam, offered_at=now)
    with pytest.raises(Refused, match=sentence):
        debriefing.answer(debrief=row, wanted=True, words=words, by=sam, now=now)
    assert Debrief.objects.get().answered_at is None


def test_a_reviewer_or_their_buddy_talks_and_nobody_else_and_the_first_counts(sam, ruth, omar, wanted, now):
    for person in (PersonFactory(), ManagerFactory(), sam, SupervisorFactory(is_active=False)):
        with pytest.raises(Refused, match="their buddy talks with them"):
            debriefing.talked(debrief=wanted, by=person, now=now)
    copy = Debrief.objects.get()
    debriefing.talked(debrief=wanted, by=ruth, now=now)
    with pytest.raises(Stale, match="talked with them already"):
        debriefing.talked(debrief=copy, by=omar, now=now)
    assert Debrief.objects.get().talked_with == ruth


@pytest.mark.parametrize("change", ["left", "buddy"])
def test_who_may_not_any_more_as_they_press_takes_nobody_off_the_list(browser, sam, ruth, wanted, now, change):
    """Between the look at the page and the lock: the first two rows read name who is signed in."""
    buddy = PersonFactory()
    Person.objects.filter(pk=sam.pk).update(buddy=buddy)
    theirs, whom = browser(buddy), sam if change == "buddy" else buddy
    changed = {"buddy": None} if change == "buddy" else {"is_active": False}
    with before("SELECT", "advisors_person", lambda: Person.objects.filter(pk=whom.pk).update(**changed), nth=3):
        page = theirs.post(reverse("team:debrief", args=[wanted.pk]))
    assert (page.status_code, [row.debrief for row in debriefing.wanting(ruth)]) == (403, [wanted])


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_cost_the_same_whatever_waits(ruth, now, count, django_assert_num_queries):
    for person in PersonFactory.create_batch(count):
        for _ in range(count):
            row = Debrief.objects.create(person=person, offered_at=now)
            Debrief.objects.create(person=person, offered_at=now)
            debriefing.answer(debrief=row, wanted=True, by=person, now=now)
    with django_assert_num_queries(1):
        assert len(debriefing.wanting(ruth)) == count * count
    with django_assert_num_queries(1):
        assert len(debriefing.offers(person, now=now)) == count


def test_a_buddy_finds_their_own_behind_however_many(sam, ruth, now):
    buddy = PersonFactory()
    Person.objects.filter(pk=sam.pk).update(buddy=buddy)
    for person in (*PersonFactory.create_batch(debriefing.MOST), sam):
        row = Debrief.objects.create(person=person, offered_at=now)
        debriefing.answer(debrief=row, wanted=True, by=person, now=now + SECOND * (person == sam))
    assert [row.alias for row in debriefing.wanting(buddy)] == ["Sam"]
    assert len(debriefing.wanting(ruth)) == debriefing.MOST


COUNTED = {
    "advisors/notices.py",
    "advisors/signoff/clearing.py",
    "advisors/team/debriefing.py",
    "advisors/team/models/__init__.py",
    "advisors/team/models/caring.py",
    "advisors/team/views/debriefs.py",
}


def test_no_module_but_those_that_answer_them_knows_of_debriefs():
    """A figure, a CSV or a journey page that read them would have to name them."""
    root = Path(settings.BASE_DIR)
    found = {
        str(path.relative_to(root))
        for floor in ("askpeer", "questions", "advisors", "config")
        for path in (root / floor).rglob("*.py")
        if "migrations" not in path.parts and re.search(r"\bDebrief\b|\.debriefs?\.|debriefs?__", path.read_text())
    }
    assert found == COUNTED


@pytest.mark.parametrize(("after", "there"), [(14 * DAY - SECOND, 1), (14 * DAY, 0)])
def test_an_offer_nobody_answered_goes_after_a_fortnight(sam, now, after, there):
    row = Debrief.objects.create(person=sam, offered_at=now)
    assert (len(debriefing.offers(sam, now=now + after)), debriefing.is_open(row, now=now + after)) == (
        there,
        bool(there),
    )
    debriefing.purge(now=now + after)
    assert Debrief.objects.count() == there


def test_an_answered_one_goes_like_the_check_ins(wanted, now):
    assert [debriefing.purge(now=now + 90 * DAY - SECOND), debriefing.purge(now=now + 90 * DAY)] == [0, 1]


def test_from_the_desk_to_the_talk(browser, held, sam, omar, ruth, now, clock):
    hand_back(held(topic=TopicFactory(label="Hurting myself")), sam, now + TEN + SECOND)
    theirs, own = browser(ruth), browser(sam)
    clock.move_to(now + 2 * TEN)
    row = Debrief.objects.get()
    address = reverse("team:debrief", args=[row.pk])
    desk = own.get("/desk/").content.decode()
    assert "<b>That was a heavy one (Hurting myself).</b> Do you want to talk it through?" in desk
    assert address in desk
    assert theirs.get(address).status_code == 403  # nobody knows of an offer before it is a yes
    long = own.post(address, {"words": "x" * 1501})
    assert (long.status_code, long.context["form"]["words"].value()) == (422, "x" * 1501)
    page = own.post(address, {"words": WORDS}, follow=True).content.decode()
    assert "They know that you'd like to talk." in page
    for path in ("/review/", "/desk/debrief/calls/", "/desk/support/calls/"):
        page = theirs.get(path).content.decode()
        assert (address in page, WORDS in page) == (True, False)
    assert WORDS in theirs.get(address).content.decode()
    assert "Nobody is waiting to talk with you right now." in theirs.post(address, follow=True).content.decode()
    assert browser(omar).get(address).status_code == 403
    assert "You and Ruth have talked." in own.get(address).content.decode()
    assert own.post(address, {"words": ""}).status_code == 409


def test_no_thanks_is_one_press_and_a_second_one_is_a_sentence(browser, sam, ruth, now):
    row = Debrief.objects.create(person=sam, offered_at=now)
    address = reverse("team:no_debrief", args=[row.pk])
    assert browser(ruth).post(address).status_code == 403
    client = browser(sam)
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    assert "You said no thanks" in client.get(reverse("team:debrief", args=[row.pk])).content.decode()


@pytest.mark.parametrize("earlier", [True, False, None])
def test_words_that_come_too_late_can_be_copied(browser, sam, now, clock, earlier):
    """Another window said yes or no first, or the fortnight was over."""
    row, client = Debrief.objects.create(person=sam, offered_at=now), browser(sam)
    address = reverse("team:debrief", args=[row.pk])
    if earlier is None:
        Debrief.objects.update(offered_at=now - debriefing.OPEN_FOR)
    else:
        debriefing.answer(debrief=row, wanted=earlier, by=sam, now=now)
    response = client.post(address, {"words": WORDS})
    sentence = debriefing.OVER if earlier is None else debriefing.ANSWERED
    assert (response.status_code, response.context["sentence"]) == (409, sentence)
    assert f"readonly>{WORDS}</textarea>" in response.content.decode()
    assert "<textarea" not in client.get(address).content.decode()


def test_words_typed_while_signed_out_can_be_copied(client, clock, sam, now):
    row = Debrief.objects.create(person=sam, offered_at=now)
    response = client.post(reverse("team:debrief", args=[row.pk]), {"words": WORDS})
    assert (response.status_code, response.context["typed"]) == (403, WORDS)
