"""The pages of the two, with and without a script, and the beat of both."""

import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from advisors.beside import noting, presence, sitting
from advisors.beside.models import AskedBeside, MarginNote, Presence, Sitting
from advisors.drafting import claiming, writing
from advisors.duty import presence as duty
from questions import erasing, moves
from questions.models import Question
from tests.advisors.beside.conftest import TEXT, read, save, send
from tests.factories import ManagerFactory, PersonFactory, TrusteeFactory
from tests.interleaving import before

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def door(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def sams(sam, clock):
    return door(sam)


@pytest.fixture
def ruths(ruth, clock):
    return door(ruth)


def at(name, question):
    return reverse(f"beside:{name}", args=[question.pk])


def shown(page):
    return unescape(page.content.decode())


def beat(client, question, name="beat", **known):
    return client.post(at(name, question), known)


# The reviewer's page


def test_a_supervisor_reads_their_words_and_the_draft_as_it_was_last_saved(written, ruths, now):
    question = written(text="Hello. <b>You</b> are not alone.")
    page = ruths.get(at("page", question))
    assert page.status_code == 200
    for words in (TEXT, "<b>You</b> are not alone.", "Version 1 by Sam, saved 11:00", "Sit down beside Sam"):
        assert words in shown(page)
    assert b"<b>You</b>" not in page.content
    save(question, "Hello again.", now=now)
    assert "Hello again." in shown(ruths.get(at("page", question)))


def test_opening_the_page_counts_as_a_beat_so_looking_again_is_enough(written, ruths, sams, ruth, clock, now):
    question = written()
    assert "Nobody else is here right now." in shown(ruths.get(at("page", question)))
    assert "Ruth is here." in shown(sams.get(at("margin", question)))
    assert "Sam is here." in shown(ruths.get(at("page", question)))
    clock.move_to(now + timedelta(seconds=10))
    assert "Sam is here." in shown(ruths.get(at("page", question)))
    clock.move_to(now + timedelta(seconds=11))
    assert "Nobody else is here right now." in shown(ruths.get(at("page", question)))


def test_sitting_down_writing_and_getting_up(written, ruths, now):
    question = written()
    page = ruths.post(at("sit", question), follow=True)
    assert "You sit beside Sam." in shown(page)
    page = ruths.post(at("page", question), {"note": "Begin with lunch."}, follow=True)
    assert "Your note is on the margin." in shown(page)
    assert "Begin with lunch." in shown(page)
    page = ruths.post(at("get_up", question), follow=True)
    assert page.redirect_chain == [(reverse("review:home"), 302)]
    assert Sitting.objects.get().ended_at == now


def test_a_second_supervisor_hears_who_sits_there_and_may_look(written, ruths, omar, clock):
    question = written()
    ruths.post(at("sit", question))
    page = door(omar).post(at("sit", question), follow=True)
    assert "Ruth sits beside Sam already. You can read along." in shown(page)
    assert "Hi there." in shown(page)
    assert "Sit down beside" not in shown(page)


def test_who_writes_it_does_not_look_over_their_own_shoulder(written, ruth, ruths):
    page = ruths.get(at("page", written(by=ruth)))
    assert (page.status_code, "You are writing this one yourself." in shown(page)) == (403, True)


def test_who_does_not_read_its_language_may_look_and_not_sit(written, ruths, dutch_offered):
    question = written()
    Question.objects.filter(pk=question.pk).update(language="nl")
    page = ruths.get(at("page", question))
    assert ("This is in Dutch" in shown(page), "Sit down beside" in shown(page)) == (True, False)


def test_a_clarifying_question_is_called_one(written, ruths, sam, now):
    question = written(email="a@b.example")
    writing.save(
        question=question,
        kind="clarification",
        text="Since when?",
        details=[],
        base=0,
        by=sam,
        now=now + timedelta(seconds=1),
    )
    assert "A clarifying question, version 1 by Sam" in shown(ruths.get(at("page", question)))


@pytest.mark.parametrize("make", [PersonFactory, ManagerFactory, TrusteeFactory])
def test_the_page_is_a_reviewers(written, clock, make):
    question = written()
    for method, name in (("get", "page"), ("post", "sit"), ("post", "get_up")):
        assert getattr(door(make()), method)(at(name, question)).status_code == 403


def test_a_question_kept_from_somebody_is_refused_with_a_sentence(written, ruths, ruth, now):
    question = written()
    claiming.recuse(question=question, by=ruth, now=now)
    for page in (ruths.get(at("page", question)), ruths.post(at("sit", question))):
        assert (page.status_code, "You cannot open this question." in shown(page)) == (403, True)


# Notes


def test_a_note_that_is_refused_comes_back_in_its_box(written, ruths, ruth, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    page = ruths.post(at("page", question), {"note": "y" * 1001})
    assert page.status_code == 422
    assert "A note can have 1,000 characters at most. This one has 1001." in shown(page)
    assert f"{'y' * 1001}</textarea>" in shown(page)


def test_a_note_to_somebody_whose_claim_ended_comes_back_in_a_box(written, ruths, ruth, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    claiming.hand_back(question=question, by=question.holder, version=question.version, note="", now=now)
    page = ruths.post(at("page", question), {"note": "Begin with lunch."})
    assert page.status_code == 422
    assert "Nobody is writing this answer right now." in shown(page)
    assert "Begin with lunch.</textarea>" in shown(page)


def test_a_note_of_somebody_who_does_not_sit_there_comes_back_in_a_box(written, ruths):
    page = ruths.post(at("page", written()), {"note": "Begin with lunch."})
    assert page.status_code == 422
    assert "Sit down beside them first." in shown(page)
    assert "Begin with lunch.</textarea>" in shown(page)


def test_a_note_on_a_question_that_is_erased_in_between_comes_back_in_a_box(written, sams, ruths, ruth, now):
    first, second = written(), written()
    sitting.sit_down(question=second, by=ruth, now=now)
    for client, name, question in ((sams, "margin", first), (ruths, "page", second)):

        def erase(question=question):
            erasing.erase(read(question), by=moves.ASKER, now=now)

        with before("SAVEPOINT", "", erase):
            page = client.post(at(name, question), {"note": "Begin with lunch."})
        assert page.status_code in {403, 409}
        assert "Begin with lunch.</textarea>" in shown(page)
    assert not MarginNote.objects.exists()


@pytest.mark.parametrize("name", ["page", "margin"])
def test_a_note_sent_after_the_session_ended_is_kept(written, client, name, clock):
    page = client.post(at(name, written()), {"note": "Begin with lunch."})
    assert (page.status_code, "Begin with lunch.</textarea>" in shown(page)) == (403, True)


def test_an_advisors_note_leads_back_to_the_draft(written, sams, ruth, now):
    question = written()
    page = sams.post(at("margin", question), {"note": "Is this too long?"})
    assert page.url == reverse("desk:write", args=[question.pk])
    assert MarginNote.objects.get().writer == question.holder


def test_an_advisors_note_that_is_refused_comes_back_in_its_box(written, sams):
    page = sams.post(at("margin", written()), {"note": "y" * 1001})
    assert (page.status_code, f"{'y' * 1001}</textarea>" in shown(page)) == (422, True)
    page = sams.post(at("margin", written()), {"note": ""})
    assert (page.status_code, "Write your note first." in shown(page)) == (422, True)


def test_an_advisors_note_on_what_they_hold_no_longer_is_kept(written, sams, sam, now):
    question = written()
    claiming.hand_back(question=question, by=sam, version=question.version, note="", now=now)
    page = sams.post(at("margin", question), {"note": "Is this too long?"})
    assert page.status_code == 403
    assert "You no longer hold this question." in shown(page)
    assert "Is this too long?</textarea>" in shown(page)


# The advisor's side


def test_asking_for_somebody(written, sams, ruth, now):
    question = written()
    assert "Ask someone to sit beside me" in shown(sams.get(at("margin", question)))
    page = sams.post(at("ask", question))
    assert page.url == reverse("desk:write", args=[question.pk])
    page = shown(sams.get(at("margin", question)))
    assert ("You asked for somebody" in page, "Ask someone to sit beside me" in page) == (True, False)
    sitting.sit_down(question=question, by=ruth, now=now)
    page = shown(sams.get(at("margin", question)))
    assert ("Ruth sits beside you." in page, "Ask someone to sit beside me" in page) == (True, False)
    page = sams.post(at("ask", question))
    assert (page.status_code, "Ruth sits beside you already." in shown(page)) == (403, True)


def test_a_margin_is_open_to_whoever_holds_it_alone(written, ruths):
    page = ruths.get(at("margin", written()))
    assert (page.status_code, "You no longer hold this question." in shown(page)) == (403, True)


def test_once_it_was_sent_the_advisor_reads_the_notes_and_writes_none(written, sams, sam, ruth, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    noting.write(question=question, note="Begin with lunch.", by=ruth, now=now)
    send(question, now=now)
    page = shown(sams.get(reverse("desk:write", args=[question.pk])))
    assert ("Begin with lunch." in page, "Send the note" in page) == (True, False)
    assert sams.get(at("margin", question)).status_code == 403
    page = sams.post(at("margin", question), {"note": "One more thing."})
    assert page.status_code == 403
    assert "This draft is being checked now" in shown(page)
    assert "One more thing.</textarea>" in shown(page)


# The beat


def test_a_beat_tells_what_is_new(written, ruths, sams, ruth, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    assert beat(sams, question, "desk_beat", count=0).json() == {
        "here": [],
        "said": "Ruth sits beside you. Their page isn't open right now.",
        "notes": "",
        "count": 0,
    }
    noting.write(question=question, note="Is this too long?", by=question.holder, now=now)
    told = beat(ruths, question, count=0, seen="").json()
    assert (told["here"], told["said"]) == (["Sam"], "You sit beside Sam. Sam is here.")
    assert ("Is this too long?" in told["notes"], told["count"]) == (True, 1)
    assert ("Hi there." in told["draft"], told["version"]) == (True, 1)
    again = beat(ruths, question, count=told["count"], seen=told["seen"]).json()
    assert again == told | {"notes": "", "draft": ""}
    save(question, "Hello again.", now=now)
    newer = beat(ruths, question, count=1, seen=told["seen"]).json()
    assert ("Hello again." in newer["draft"], newer["version"], newer["notes"]) == (True, 2, "")
    assert newer["seen"] != told["seen"]


def test_a_beat_before_anything_was_saved(written, ruths):
    question = written()
    question.round.drafts.all().delete()
    told = beat(ruths, question, count=0, seen="").json()
    assert (told["version"], told["draft"], told["seen"]) == (0, "", "")
    assert "Nothing has been saved yet." in shown(ruths.get(at("page", question)))


@pytest.mark.parametrize("typed", [{}, {"count": "x" * 30, "seen": "nothing"}, {"count": "-1", "seen": "'\0"}])
def test_a_beat_with_odd_values_tells_everything(written, ruths, ruth, typed, now):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    noting.write(question=question, note="Hello.", by=ruth, now=now)
    told = beat(ruths, question, **typed).json()
    assert ("Hello." in told["notes"], "Hi there." in told["draft"]) == (True, True)


def refused(answer):
    return answer.status_code, list(answer.json())


def test_a_beat_that_is_refused_is_a_sentence(written, ruths, sams, ruth, sam, now, client):
    question = written()
    assert refused(beat(client, question)) == (403, ["sentence"])
    claiming.recuse(question=question, by=ruth, now=now)
    assert beat(ruths, question).json() == {"sentence": "You cannot open this question."}
    send(question, now=now)
    answer = beat(sams, question, "desk_beat")
    assert (refused(answer), "being checked" in answer.json()["sentence"]) == ((403, ["sentence"]), True)
    erasing.erase(read(question), by=moves.ASKER, now=now)
    for page, name in ((sams, "desk_beat"), (ruths, "beat")):
        assert beat(page, question, name).json() == {"sentence": "This has been erased."}
    for person in (ManagerFactory(), TrusteeFactory(), PersonFactory()):
        assert refused(beat(door(person), written())) == (403, ["sentence"])


def test_each_beat_is_for_its_own_side(written, sams, ruths):
    question = written()
    assert beat(sams, question).json() == {"sentence": "Only a supervisor or the safeguarding lead can do this."}
    assert beat(ruths, question, "desk_beat").json() == {"sentence": "You no longer hold this question."}


def test_whoever_writes_it_does_not_beat_on_the_reviewers_page(written, ruths, ruth):
    question = written(by=ruth)
    assert "You are writing this one yourself." in beat(ruths, question).json()["sentence"]
    assert beat(ruths, question, "desk_beat").status_code == 200


def test_a_beat_while_the_question_is_erased_is_a_sentence_too(written, sams, now):
    question = written()

    def erase():
        erasing.erase(read(question), by=moves.ASKER, now=now)

    with before("SAVEPOINT", "", erase):
        answer = beat(sams, question, "desk_beat", count=0)
    assert (answer.status_code, answer.json()) == (403, {"sentence": "This has been erased."})
    assert not Presence.objects.exists()


def test_a_beat_to_nowhere_is_not_found(ruths):
    assert ruths.post(reverse("beside:beat", args=[uuid.uuid4()])).status_code == 404


def test_a_beat_answers_a_post_alone(written, ruths):
    assert ruths.get(at("beat", written())).status_code == 405


@pytest.mark.parametrize("count", [1, 3])
def test_a_beat_costs_the_same_whatever_is_there(written, ruths, sams, ruth, now, count, django_assert_num_queries):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    for number in range(count):
        noting.write(question=question, note="Hello.", by=ruth, now=now)
        save(question, f"Hello {number}.", now=now)
    for person in (ruth, question.holder):
        presence.beat(question=question, by=person, now=now)
    told = beat(ruths, question).json()
    # Session, person, question; the beat: savepoint twice, lock, round, upsert, sitting; who is here, notes.
    with django_assert_num_queries(11):
        beat(sams, question, "desk_beat", count=count)
    # And whether this reviewer is kept out, and which version is the newest.
    with django_assert_num_queries(13):
        beat(ruths, question, count=count, seen=told["seen"])


def test_a_page_left_open_keeps_nobody_signed_in_or_on_duty(written, ruths, ruth, clock, now):
    question = written()
    ruths.get(at("page", question))
    seen = ruths.session["seen"]
    clock.move_to(now + timedelta(minutes=5))
    assert beat(ruths, question).status_code == 200
    assert ruths.session["seen"] == seen
    assert [person.alias for person in duty.on_now(now=now + timedelta(minutes=29))] == ["Ruth"]
    assert duty.on_now(now=now + timedelta(minutes=31)) == []


def test_a_note_and_a_call_sent_by_the_script_are_answered_in_json(written, sams, ruth, now):
    question = written()
    told = sams.post(at("margin", question), {"note": "Is this too long?", "count": 0}, headers=JSON).json()
    assert ("Is this too long?" in told["notes"], told["count"]) == (True, 1)
    answer = sams.post(at("margin", question), {"note": "y" * 1001}, headers=JSON)
    assert refused(answer) == (422, ["sentence"])
    assert "You asked for somebody" in sams.post(at("ask", question), headers=JSON).json()["said"]
    assert AskedBeside.objects.get().round == question.round
    sitting.sit_down(question=question, by=ruth, now=now)
    assert sams.post(at("ask", question), headers=JSON).json() == {"sentence": "Ruth sits beside you already."}


# Afterwards


def test_the_lead_reads_the_notes_of_a_draft_that_was_sent(written, ruths, ruth, omar, lead, now, clock):
    question = written()
    sitting.sit_down(question=question, by=ruth, now=now)
    noting.write(question=question, note="Begin with lunch.", by=ruth, now=now)
    sitting.get_up(question=question, by=ruth, now=now)
    send(question, now=now)
    page = shown(door(lead).get(at("page", question)))
    assert ("Begin with lunch." in page, "everything that was written on its margin" in page) == (True, True)
    assert "Begin with lunch." in shown(ruths.get(at("page", question)))
    assert "Begin with lunch." not in shown(door(omar).get(at("page", question)))
    assert not Presence.objects.exists()
