"""What a visitor of the demo sees is what the product promises for it, whenever it is seeded."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from advisors.beside import noting, offering, sitting
from advisors.drafting import masking, writing
from advisors.drafting.models import Draft
from advisors.duty import presence, rota
from advisors.duty.models import Absence, Shift
from advisors.managing.languages import settle
from advisors.models import Person
from advisors.safeguarding.models import Check, Concern, Entry
from advisors.signoff import escalating, own_words, reviewing, wordings
from advisors.signoff.models import OwnWords, Wording
from advisors.team import checking_in, practising, progressing, training
from askpeer import calendars, history, prose, receipts
from askpeer.errors import Refused
from askpeer.models import TrailEntry
from config.demo import seeding
from config.demo.content import rows
from questions import deadlines, moves, ringing
from questions.intake import helping
from questions.intake.languages import country_of, offered
from questions.models import Message, Question, Signpost, Topic
from questions.partners.models import Partner
from questions.publication import consenting, nominating, publishing
from questions.publication.models import Publication
from tests.factories import NOW
from tests.questions.publication.shelf import edited

pytestmark = pytest.mark.django_db

MOMENTS = {
    "on a Monday morning": NOW,
    "on a Tuesday at lunch": datetime(2026, 11, 24, 13, 53, tzinfo=UTC),
    "a minute before closing": datetime(2026, 7, 3, 16, 59, tzinfo=UTC),
    "in the night the clocks go back": datetime(2026, 10, 25, 3, 30, tzinfo=UTC),
    "at Christmas": datetime(2026, 12, 26, 9, tzinfo=UTC),
    "after Easter": datetime(2027, 3, 30, 9, 5, tzinfo=UTC),
}
STATUSES = {
    "new": 7,
    "open": 8,
    "in_progress": 9,
    "pending_asker": 4,
    "in_review": 7,
    "changes_requested": 3,
    "answered": 14,
    "redirected": 3,
    "closed": 4,
    "withdrawn": 1,
}
AGES = {"11-12": 6, "13-15": 24, "16-17": 16, "18-21": 8, "22-25": 3, "rather-not-say": 3}


@pytest.fixture
def seed(calendar, settings, tmp_path):
    settings.HOME, settings.LEDGER = tmp_path, tmp_path / "erased.txt"
    return seeding.seed


@pytest.mark.parametrize("now", MOMENTS.values(), ids=MOMENTS.keys())
def test_sixty_questions_stand_where_they_should_whenever_it_is_seeded(seed, now):
    seed(now=now)
    assert standing(now) == (STATUSES, {"on_time": 57, "at_risk": 2, "late": 1})
    ringing.ring_due(now=now)  # a service that has just been seeded sweeps at once
    assert standing(now) == (STATUSES, {"on_time": 57, "at_risk": 2, "late": 1})


def standing(now):
    questions = list(Question.objects.all())
    return Counter(one.status for one in questions), Counter(lateness(one, now) for one in questions)


def lateness(question, now):
    return deadlines.lateness(calendars.current(), moves.course(question, question.round), now=now)


def test_the_sixty_are_of_every_age_and_level(seed):
    assert Counter(row["age_band"] for row in rows("questions", of="question")) == AGES
    seed(now=NOW)
    assert Counter(Question.objects.values_list("level", flat=True)) == {"green": 44, "amber": 13, "red": 3}
    said = [message.text for message in Message.objects.filter(kind="question")]
    assert (len(said), said.count(""), len(set(said))) == (59, 3, 57)  # one is erased, three are cards alone


def test_forty_answers_stand_in_the_library_over_all_topics(seed):
    seed(now=NOW)
    shelf = list(Publication.objects.filter(question=None).select_related("topic"))
    assert Counter(one.status for one in shelf) == {"published": 39, "unpublished": 1}
    assert {one.topic for one in shelf} == set(Topic.objects.all())
    notes = [(bool(one.updated_at), one.review_by < NOW.date()) for one in shelf if one.status == "published"]
    assert Counter(notes) == {(False, False): 37, (True, False): 1, (False, True): 1}
    assert Counter(Signpost.objects.values_list("country", flat=True)) == {"GB": 20, "BE": 6}
    assert set(Signpost.objects.values_list("remark", flat=True)) == {"demo, not confirmed"}


def test_the_demo_offers_dutch_and_has_people_for_it(seed):
    seed(now=NOW)
    assert offered() == ["en", "nl"]
    settle(now=NOW)
    assert (offered(), country_of("nl")) == (["en", "nl"], "BE")


def test_belgian_readers_are_told_of_belgian_services_on_the_belgian_clock(seed):
    seed(now=NOW)
    by_day = {
        "Monday, 16.00": datetime(2026, 11, 16, 15, tzinfo=UTC),
        "Monday, 3.00": datetime(2026, 11, 16, 2, tzinfo=UTC),
        "Sunday, 18.00": datetime(2026, 11, 22, 17, tzinfo=UTC),
    }
    found = {
        day: [
            (one.name, way.kind)
            for one in helping.services(nation="BE-VLG", age_band="13-15", now=at)
            for way in one.ways
        ]
        for day, at in by_day.items()
    }
    night = [("112", "phone"), ("Tele-Onthaal", "phone"), ("Zelfmoordlijn", "phone")]
    assert found == {
        "Monday, 16.00": [
            ("112", "phone"),
            ("Awel", "phone"),
            ("Tele-Onthaal", "phone"),
            ("Zelfmoordlijn", "phone"),
            ("1712", "phone"),
        ],
        "Monday, 3.00": night,
        "Sunday, 18.00": [("Zelfmoordlijn", "chat"), ("Zelfmoordlijn", "phone"), *night[:2]],
    }
    walloon = helping.services(nation="BE-WAL", age_band="13-15", now=NOW)
    assert [one.name for one in walloon] == ["112"]
    with translation.override("nl"):
        assert [one.name for one in helping.for_children()] == ["Awel", "112"]


@pytest.mark.parametrize("row", rows("library", of="answer"), ids=lambda row: row["slug"])
def test_an_answer_has_a_length_options_one_step_and_one_signpost(row):
    words = len(row["answer"].split())
    assert 150 <= words <= 300
    assert len(re.findall(r"^- ", row["answer"], re.M)) >= 2
    assert row["answer"].count("One small step") == 1
    assert len(set(re.findall(r"\]\((https://[^)]+)\)", row["answer"]))) == 1
    assert prose.reading_age(row["answer"]) <= 11


def test_one_public_text_waits_for_a_second_person(seed):
    seed(now=NOW)
    waiting = Publication.objects.get(status="anonymised")
    with pytest.raises(Refused, match="Somebody else has to check it"):
        publishing.publish(publication=waiting, version=waiting.version, by=waiting.edited_by, now=NOW)
    second = type(waiting.edited_by).objects.get(alias="Ruth")
    publishing.publish(publication=waiting, version=waiting.version, by=second, now=NOW)
    assert Publication.objects.get(pk=waiting.pk).status == "published"


def person(alias):
    return Person.objects.get(alias=alias)


def test_twelve_people_are_there_and_all_are_on_the_sheet(seed):
    seed(now=NOW)
    roles = Counter(Person.objects.values_list("role", flat=True))
    assert roles == {"advisor": 6, "supervisor": 3, "lead": 1, "trustee": 1, "manager": 1}
    assert Counter(one["role"] for one in seeding.remembered()["people"]) == roles
    assert [one.alias for one in Person.objects.filter(deputy=True)] == ["Priya"]


def test_the_trail_of_its_past_is_sealed_and_holds(seed):
    seed(now=NOW)
    seeding.seal_its_past(now=NOW)
    assert (TrailEntry.objects.filter(seal=None).count(), history.verify(now=NOW)) == (0, [])


def test_each_database_has_a_sheet_of_its_own(settings, monkeypatch):
    sheets = []
    for settings.EMBEDDED, name in ((True, "one"), (False, "one"), (False, "other")):
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", name)
        sheets.append(seeding.sheet())
    assert len({path.name for path in sheets}) == 3


@pytest.mark.parametrize("left", ["", "{}", "half a sh"])
def test_a_sheet_that_was_emptied_is_none_and_a_service_with_people_goes_on_without_a_demo(seed, left):
    seed(now=NOW)
    seeding.sheet().write_text(left)
    assert (seeding.remembered(), seeding.is_seeded()) == ({}, False)
    with pytest.raises(CommandError, match="There are people in this database already"):
        call_command("demo")


def test_every_advisor_is_trained_and_one_is_new(seed):
    seed(now=NOW)
    advisors = list(Person.objects.filter(role="advisor"))
    assert {one.trained_until for one in advisors} == {training.a_year_after((NOW - timedelta(days=65)).date())}
    assert [missing for one in advisors for missing in training.missing(one, NOW)] == []
    daniel = Person.objects.get(alias="Daniel")
    assert [(row.person.alias, row.unit) for row in practising.waiting(daniel)] == [("Sam", "can-and-cannot")]
    assert [(one.alias, one.track) for one in progressing.ready(daniel, now=NOW)] == [("Ruth", "craft")]
    sam = Person.objects.get(alias="Sam")
    assert [(row.unit, row.good) for row in practising.feedback_lately(sam, now=NOW)] == [("open-questions", False)]
    assert [one.alias for one in advisors if one.answers_given < 5] == ["Sam"]
    assert sorted(one.answers_given for one in advisors) == [3, 20, 24, 24, 25, 27]
    assert {one.alias: one.buddy.alias for one in advisors if one.buddy} == {"Jaz": "Daniel", "Theo": "Daniel"}
    assert {one.alias for one in advisors if one.is_under_18(NOW)} == {"Jaz", "Theo"}


def test_a_portal_has_a_key_and_a_look_and_a_school_has_no_key_and_one_of_our_advisors(seed):
    seed(now=NOW)
    rookery, northgate = Partner.objects.order_by("-slug")
    assert (rookery.name, rookery.origins, rookery.colour) == (
        "Rookery Youth Portal",
        ["https://www.rookery.example"],
        "#5b3b8c",
    )
    assert {one.name for one in rookery.signposts.all()} == {"Carers Trust", "YoungMinds"}
    assert (northgate.name, northgate.kind) == ("Northgate School", "school")
    assert [one.keys.count() for one in (rookery, northgate)] == [1, 0]
    assert {one.alias: one.partner for one in Person.objects.exclude(partner=None)} == {"Jaz": northgate}
    assert person("Jaz").is_under_18(NOW)


@pytest.mark.parametrize("now", MOMENTS.values(), ids=MOMENTS.keys())
def test_the_rota_holds_for_two_weeks_and_tonight_somebody_is_on_call(seed, now):
    seed(now=now)
    calendar = calendars.current()
    closed = calendar.next_close(now) if calendar.is_open(now) else now
    opens = calendar.next_open(closed + timedelta(minutes=1))
    for at in (closed, opens - timedelta(seconds=1)):
        assert [one.alias for one in rota.on_call(now=at)] == ["Priya"]
    assert (rota.on_call(now=opens), len(rota.on_shift(now=opens))) == ([], 1)
    last = max(Shift.objects.values_list("starts_at", flat=True))
    assert now + timedelta(days=9) < last < now + timedelta(days=14)
    assert [one.person.alias for one in Absence.objects.all()] == ["Callum"]


def test_nobody_is_on_duty_before_somebody_says_so(seed):
    seed(now=NOW)
    assert presence.on_now(now=NOW) == []
    assert [one.check_ins.count() for one in Person.objects.filter(role="advisor")] == [1] * 6
    assert {checking_in.mood_today(one, now=NOW) for one in Person.objects.all()} == {""}


def test_daniel_sits_beside_jaz_and_both_wrote_on_the_margin(seed):
    seed(now=NOW)
    question = Question.objects.get(status="in_progress", holder__alias="Jaz")
    assert sitting.was_beside(question.round)
    for reader in ("Jaz", "Daniel", "Grace"):
        assert [note.by for note in noting.of(question, person(reader))] == ["Daniel", "Jaz", "Daniel"]
    assert {offer.advisor for offer in offering.offers(person("Daniel"), now=NOW)} >= {"Theo", "Sam"}


def test_one_red_question_has_a_case_to_look_at_tomorrow(seed):
    seed(now=NOW)
    entries = list(Entry.objects.select_related("note__about"))
    assert [(one.writer.alias, one.nature, one.level) for one in entries] == [
        ("Priya", "fact", "red"),
        ("Grace", "opinion", "red"),
    ]
    assert {one.note.about.holder.alias for one in entries} == {"Ffion"}
    assert [one.due_at for one in Check.objects.all()] == [NOW + timedelta(days=1)]


def test_a_concern_an_escalation_and_own_words_wait_for_somebody(seed):
    seed(now=NOW)
    assert [(one.kind, one.by.alias) for one in Concern.objects.filter(settled_at=None)] == [("safety", "Ffion")]
    drafts = [draft for draft in Draft.objects.filter(submitted_at__isnull=False) if escalating.open_one(draft)]
    assert [draft.round.question.holder.alias for draft in drafts] == ["Amira"]
    waiting = own_words.waiting(person("Ruth"))
    assert [(one.writer.alias, one.code, one.round.question.status) for one in waiting] == [
        ("Priya", "ongoing_support", "open")
    ]


def test_each_redirect_is_one_childs_own_words_and_on_no_list(seed):
    seed(now=NOW)
    sent = OwnWords.objects.filter(approver__isnull=False).select_related("round__question")
    assert Counter((one.code, one.round.question.status) for one in sent) == {
        ("legal_advice", "redirected"): 1,
        ("medical_advice", "redirected"): 1,
        ("outside_area", "redirected"): 1,
    }
    assert {one.approver.alias for one in sent} == {"Ruth"}
    shipped = len(wordings.approved("redirect", language="en")) + len(wordings.approved("holding", language="en"))
    assert Wording.objects.filter(language="en").count() == shipped == 9


def test_one_draft_names_its_sources_and_one_name_is_hidden(seed):
    seed(now=NOW)
    drafts = Draft.objects.filter(round__number=1, number__gt=0)
    texts = [writing.sources_of(version) for version in map(writing.current, drafts) if version]
    assert [text for text in texts if text] == ["Talk to FRANK, cannabis: www.talktofrank.com. Read this week."]
    hidden = [(one.status, list(masking.names_of(one))) for one in Question.objects.filter(masked__isnull=False)]
    assert hidden == [("in_progress", ["Kay"])]


def test_what_waits_for_review_can_be_reviewed(seed):
    seed(now=NOW)
    assert len(reviewing.queue(person("Priya"), now=NOW).items) == 7


@pytest.mark.parametrize("now", MOMENTS.values(), ids=MOMENTS.keys())
def test_an_answer_that_is_printed_goes_all_the_way_into_the_library(seed, now):
    seed(now=now)
    answered = [one for one in seeding.remembered()["receipts"] if one["status"] == "answered"]
    assert [one["age_band"] for one in answered] == ["13-15", "11-12"]
    older, under_13 = (Question.objects.get(receipt_digest=receipts.digest(one["words"])) for one in answered)
    assert not nominating.may_be_published(under_13)
    consenting.consent(question=older, round_number=1, choice="yes", now=now)
    made = Publication.objects.get(question=older)
    ruth, priya = (Person.objects.get(alias=alias) for alias in ("Ruth", "Priya"))
    edited(made, by=ruth, now=now)
    publishing.publish(publication=made, version=made.version, by=priya, now=now)
    assert Publication.objects.get(pk=made.pk).status == "published"
