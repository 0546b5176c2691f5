from datetime import timedelta

import pytest

from advisors.drafting import reading, timing
from questions.models import Contact, Message, Signpost
from tests.factories import TopicFactory

pytestmark = pytest.mark.django_db


def test_an_advisor_reads_the_asker_with_details_masked(triaged, now):
    question = triaged(
        text="Ring me on 07700 900123, or jo@example.org",
        cards=["sad"],
        timeline=["Then I got @jo_bloggs added"],
        age_band="rather-not-say",
        wants=["listening", "facts"],
        topic=TopicFactory(label="Lonely"),
        content_notes=["bullying"],
    )
    Contact.objects.create(question=question, email="kept@example.org")
    sheet = reading.for_advisor(question)
    assert (sheet.topic, sheet.age, sheet.wants, sheet.notes, sheet.summary, sheet.waiting) == (
        "Lonely",
        "Age not said",
        ["someone to listen", "facts"],
        ["bullying"],
        "New school, eats alone.",
        False,
    )
    assert sheet.thread == [
        reading.Said(
            voice="asker",
            by="They",
            when="Mon 16 Nov, 10:40",
            body="Ring me on [phone number], or [e-mail address]",
            cards=["sad"],
            timeline=["Then I got [user name] added"],
        )
    ]


def test_a_reply_that_triage_has_not_passed_is_not_shown(triaged, now):
    question = triaged()
    reply = Message(round=question.round, kind="reply", text="Year 9", sent_at=now)
    reply.save()
    sheet = reading.for_advisor(question)
    assert ([said.by for said in sheet.thread], sheet.waiting) == (["They"], True)
    reply.passed_at = now
    reply.save()
    sheet = reading.for_advisor(question)
    assert ([said.body for said in sheet.thread][1:], sheet.waiting) == (["Year 9"], False)


def test_what_we_sent_is_read_as_it_was_approved(triaged, now):
    question = triaged()
    words = {"text": "*Hi*", "html": "<p><em>Hi</em></p>", "digest": b"d" * 32}
    Message.objects.create(round=question.round, kind="answer", sent_at=now, passed_at=now, **words)
    said = reading.for_advisor(question).thread[1]
    assert (said.voice, said.by, said.body) == ("us", "Our answer", "<p><em>Hi</em></p>")
    assert hasattr(said.body, "__html__")


def signpost(slug, *topics, **values):
    row = Signpost.objects.create(slug=slug, name=slug, summary="Helps.", **values)
    row.topics.set(topics)
    return row


def names(question):
    return [row.slug for row in reading.signposts(question)]


def test_signposts_are_for_the_topic_the_age_and_the_place(triaged):
    topic, other = TopicFactory(), TopicFactory()
    signpost("near", topic)
    signpost("england", topic, nations=["GB-ENG"], position=1)
    signpost("scotland", topic, nations=["GB-SCT"])
    signpost("belgium", topic, country="BE")
    signpost("grown-up", topic, min_age=18)
    signpost("small", topic, max_age=12)
    signpost("crisis", topic, crisis=True, position=9)
    signpost("other", other)
    assert names(triaged(topic=topic, nation="GB-ENG", age_band="13-15")) == ["crisis", "near", "england"]
    assert names(triaged(topic=topic, nation="BE-VLG", age_band="13-15")) == ["belgium"]


def test_without_a_topic_the_ways_out_of_a_crisis_are_shown(triaged):
    signpost("crisis", crisis=True)
    signpost("calm")
    assert names(triaged()) == ["crisis"]


def test_the_time_left_is_in_staffed_hours(triaged, now):
    question = triaged()
    due = question.round.due_at
    assert timing.left(question, now=now) == ("31 staffed hours left", "on_time", "due Thu 19 Nov, 18:00")
    a_minute = timing.left(question, now=due - timedelta(minutes=1))
    assert a_minute == ("1 minute left", "at_risk", "due Thu 19 Nov, 18:00")
    # Thursday 18:00 is closing time: on Friday at 11:00 one staffed hour has gone by.
    friday = timing.left(question, now=due + timedelta(hours=17))
    assert friday == ("by 1 staffed hour", "late", "was due Thu 19 Nov, 18:00")
    at_closing = timing.left(question, now=due + timedelta(hours=2))
    assert at_closing == ("since Thu 19 Nov, 18:00", "late", "was due Thu 19 Nov, 18:00")
    assert timing.left(question, now=due - timedelta(seconds=1))[:2] == ("less than a minute left", "at_risk")


@pytest.mark.parametrize(
    ("status", "answered", "text"),
    [
        ("pending_asker", False, "clock stopped until they reply"),
        ("answered", True, "answered Mon 16 Nov, 11:00"),
        ("closed", True, "answered Mon 16 Nov, 11:00"),
        ("redirected", False, "no answer is due"),
    ],
)
def test_where_no_clock_runs_nothing_reads_late(triaged, now, status, answered, text):
    question = triaged()
    question.status, question.round.answered_at = status, now if answered else None
    assert timing.left(question, now=now + timedelta(days=30)) == (text, "on_time", "")


@pytest.mark.parametrize(
    ("gone", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_how_long_ago_is_in_one_unit(now, gone, text):
    assert timing.ago(now - gone, now=now) == text


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"nation": ""}, ["gb"]),
        ({"nation": "", "language": "nl"}, ["be"]),
        ({"nation": "GB-ENG", "language": "nl"}, ["gb"]),
        ({"nation": "BE-VLG"}, ["be"]),
        ({"nation": "other"}, []),
    ],
)
def test_signposts_of_one_country_never_stand_in_for_anothers(triaged, dutch_offered, values, names):
    topic = TopicFactory()
    for country in ("GB", "BE"):
        row = Signpost.objects.create(slug=country.lower(), name=country, summary="x", country=country)
        row.topics.add(topic)
    assert [row.slug for row in reading.signposts(triaged(topic=topic, **values))] == names
