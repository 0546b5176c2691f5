"""The trail as the manager reads it: newest first, what is looked for, and what must not tell."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from advisors.managing import trail
from askpeer import history
from askpeer.models import TrailEntry
from tests.advisors.managing.reading import shown
from tests.factories import PersonFactory, make_question

pytestmark = pytest.mark.django_db
PATH = "/manage/history/"


def said(response):
    return [(one.who, one.what, one.about, one.which) for one in response.context["page"].entries]


def entry(subject="topic:1", kind="changed", actor="service", at=None, **facts):
    history.record(
        subject=subject, kind=kind, actor=actor, now=at or datetime(2026, 11, 16, 11, tzinfo=UTC), facts=facts
    )
    return TrailEntry.objects.latest("pk")


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_costs_the_same_for_one_and_for_three(client, tom, calendar, count, django_assert_num_queries):
    client.get(PATH)
    for number in range(count):
        entry(actor=PersonFactory(alias=f"Sam {number}").name)
    # session, the manager, whom the list of people offers, cases about staff, the entries, who they are of, the seal
    with django_assert_num_queries(7):
        response = client.get(PATH)
    assert said(response) == [(f"Sam {number}", "Changed", "Topic", "1") for number in reversed(range(count))]


def test_it_says_when_who_what_and_with_which_facts(client, tom, calendar):
    sam = PersonFactory(alias="Sam")
    entry(subject=sam.name, kind="shift_added", actor=tom.name, at=datetime(2026, 7, 1, 9, 30, 5, tzinfo=UTC))
    entry(actor="asker", kind="own_words_dropped", fields=["born_on", "role"], to=sam.name, anew=True)
    entry(kind="moved", until="2026-07-01T09:30:05+00:00", day="2026-07-01", to="in_progress", code="The T of it")
    entry(subject="trail", kind="restored", seal=7)
    entry(subject="something_new:x", kind="done", actor="person:00000000-0000-4000-8000-000000000000")
    rows = client.get(PATH).context["page"].entries
    assert [tuple(row)[1:] for row in rows] == [
        ("Mon 16 Nov 2026, 11:00:00", "somebody", "Something new", "x", "Done", []),
        ("Mon 16 Nov 2026, 11:00:00", "the service", "Trail", "", "Restored", [("Seal", "7")]),
        (
            "Mon 16 Nov 2026, 11:00:00",
            "the service",
            "Topic",
            "1",
            "Moved",
            [
                ("Code", "The T of it"),
                ("Day", "2026-07-01"),
                ("To", "in progress"),
                ("Until", "Wed 1 Jul 2026, 10:30:05"),
            ],
        ),
        (
            "Mon 16 Nov 2026, 11:00:00",
            "an asker",
            "Topic",
            "1",
            "Own words dropped",
            [("Anew", "yes"), ("Fields", "born on, role"), ("To", "Sam")],
        ),
        ("Wed 1 Jul 2026, 10:30:05", "Tom", "Person", "Sam", "Shift added", []),
    ]


def test_fifty_stand_on_a_page_and_the_next_goes_on_with_what_is_looked_for(client, tom, calendar):
    rows = [entry(subject=f"topic:{number % 2}") for number in range(2 * trail.PAGE + 2)]
    first = client.get(PATH, {"kind": "topic", "subject": "1"})
    assert len(first.context["page"].entries) == trail.PAGE
    assert first.context["older"] == f"?kind=topic&subject=1&before={rows[3].pk}"
    second = client.get(PATH + first.context["older"])
    assert ([one.pk for one in second.context["page"].entries], second.context["older"]) == ([rows[1].pk], "")


def test_it_is_found_by_kind_id_actor_and_day(client, tom, calendar, now):
    sam = PersonFactory(alias="Sam")
    question = make_question(now=now)
    entry(subject=question.subject, kind="asked", actor="asker")
    entry(subject=sam.name, actor=tom.name, at=datetime(2026, 11, 17, 0, tzinfo=UTC))
    entry(subject="language:nl", kind="switched off", at=datetime(2026, 11, 16, 23, 59, 59, tzinfo=UTC))

    def found(**by):
        return [one.about for one in client.get(PATH, by).context["page"].entries]

    assert found(kind="question") == found(kind="question", subject=str(question.pk)) == ["Question"]
    assert found(kind="question", subject=f" {str(question.pk).upper()} ") == ["Question"]
    assert found(kind="question", subject=str(sam.pk)) == []
    assert found(kind="language", subject="nl") == found(actor="service") == ["Language"]
    assert (found(actor=str(tom.pk)), found(actor="asker")) == (["Person"], ["Question"])
    assert (found(day="2026-11-16"), found(day="2026-11-17")) == (["Language", "Question"], ["Person"])
    assert found(day="2026-11-17", actor="service") == []


@pytest.mark.parametrize("root", ["advisors", "questions", "askpeer", "config"])
def test_every_subject_and_actor_that_the_code_writes_down_has_a_name_and_can_be_looked_for(root):
    code = "\n".join(path.read_text() for path in Path(root).rglob("*.py"))
    subjects = re.findall(r"""subject=f?"([\w-]+)""", code)
    assert [kind for kind in subjects if not kind.startswith(tuple(trail.KINDS))] == []
    actors = re.findall(r"""(?:actor=|GUARDIAN = )"(\w+)""", code)
    assert [actor for actor in actors if actor not in trail.ACTORS] == []


def test_a_guardian_is_named_as_one_and_found(client, tom, calendar):
    entry(subject=tom.name, kind="guardian_consented", actor="guardian")
    entry(subject="settings:limits", kind="limits set")
    entry(subject="risk-rule:7", kind="risk rule made")
    assert said(client.get(PATH, {"actor": "guardian"})) == [("a guardian", "Guardian consented", "Person", "Tom")]
    assert [one for *_, one in said(client.get(PATH, {"kind": "settings", "subject": "limits"}))] == ["limits"]
    assert [one for *_, one in said(client.get(PATH, {"kind": "risk-rule"}))] == ["7"]


def test_a_day_is_one_of_the_services_own_clock(client, tom, calendar):
    entry(at=datetime(2026, 6, 30, 22, 59, 59, tzinfo=UTC))
    entry(at=datetime(2026, 6, 30, 23, tzinfo=UTC))
    entries = [client.get(PATH, {"day": f"2026-{day}"}).context["page"].entries for day in ("06-30", "07-01")]
    assert [[one.at for one in page] for page in entries] == [
        ["Tue 30 Jun 2026, 23:59:59"],
        ["Wed 1 Jul 2026, 00:00:00"],
    ]


def test_what_is_about_staff_is_left_out_and_nothing_says_so(client, tom, calendar, now):
    plain = make_question(now=now)
    for about in ({}, {"about_staff": True}, {"about_staff": True, "about_lead": True}):
        question = make_question(now=now, **about) if about else plain
        entry(subject=question.subject, kind="level", actor="service", to="red")
    alone = client.get(PATH)
    assert [one.which for one in alone.context["page"].entries] == [str(plain.pk)]
    words = shown(client.get(PATH, {"kind": "question", "subject": str(question.pk)}))
    assert words.count("Nothing like that is in the history.") == 1
    never = shown(client.get(PATH, {"kind": "question", "subject": "00000000-0000-4000-8000-000000000000"}))
    assert words == never


def test_a_concern_that_turned_out_to_be_none_about_staff_does_not_tell_that_it_was_one(client, tom, calendar, now):
    for kind in ("concern", "concern_settled"):
        history.record(subject="question:x", kind=kind, actor="service", now=now, facts={"kind": "lead", "concern": 9})
    assert [one.facts for one in client.get(PATH).context["page"].entries] == [[("Concern", "9")]] * 2


@pytest.mark.parametrize(
    ("by", "problem"),
    [
        ({"kind": "king"}, {"kind": ["Choose what it is about from the list."]}),
        ({"subject": "7"}, {"kind": ["Choose what the id is of as well."]}),
        (
            {"kind": "topic", "subject": "a b"},
            {"subject": ["That is no id. Copy it whole from one of the lines below."]},
        ),
        (
            {"kind": "topic", "subject": "\u202e7"},
            {"subject": ["That is no id. Copy it whole from one of the lines below."]},
        ),
        ({"kind": "topic", "subject": "7\0"}, {"subject": ["Null characters are not allowed."]}),
        (
            {"kind": "topic", "subject": "7" * 81},
            {"subject": ["This can have 80 characters at most. It has 81."]},
        ),
        ({"actor": "nobody"}, {"actor": ["Choose somebody from the list."]}),
        ({"day": "yesterday"}, {"day": ["Write the day like 2027-02-28."]}),
        ({"day": "1999-12-31"}, {"day": ["There is nothing on that day. Check the year."]}),
        ({"day": "9999-12-31"}, {"day": ["There is nothing on that day. Check the year."]}),
        ({"before": "x"}, {"before": ["That page is none. Here is how to begin anew."]}),
        ({"before": str(2**63)}, {"before": ["That page is none. Here is how to begin anew."]}),
    ],
)
def test_what_cannot_be_looked_for_is_said_in_a_sentence(client, tom, calendar, by, problem):
    entry()
    response = client.get(PATH, by)
    assert (response.status_code, dict(response.context["form"].errors)) == (422, problem)
    assert response.content.decode().count("There is a problem") == 1


def test_it_says_how_far_the_trail_is_sealed(client, tom, calendar, now):
    assert shown(client.get(PATH)).count("Nothing is sealed yet.") == 1
    entry(at=now)
    history.seal(now=now + timedelta(minutes=2))
    assert shown(client.get(PATH)).count("Sealed up to seal 1, on Mon 16 Nov 2026, 11:02:00.") == 1


def test_the_first_day_there_is_is_a_day(calendar):
    assert trail.page(day=date(2000, 1, 1)).entries == []


def test_a_reading_age_that_was_not_too_hard_is_no_measurement(client, tom, calendar):
    entry(kind="approved", reading_age=0.0, number=1)
    entry(kind="approved", reading_age=13.4, number=2)
    newest = [one.facts for one in client.get(PATH).context["page"].entries][:2]
    assert newest == [[("Number", "2"), ("Reading age", "13.4")], [("Number", "1")]]
