"""The training as it is written: its parts, its lengths, its words, and the file that leaves the house."""

import json
import re

import pytest

from advisors.drafting import wording
from advisors.models import Person
from advisors.team import exporting, practising, teaching
from askpeer import prose
from tests.factories import ManagerFactory, PersonFactory, TrusteeFactory, make_question

UNITS = [unit for course in teaching.courses() for unit in course.units]
each = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.slug)


def words(text):
    return len(text.split())


def test_there_are_three_tracks_of_five_units_and_no_address_is_given_twice():
    assert [(one.track.value, len(one.units)) for one in teaching.courses()] == [
        ("craft", 5),
        ("listening", 5),
        ("limits", 5),
    ]
    assert len({unit.slug for unit in UNITS}) == len({unit.title for unit in UNITS}) == 15
    assert [unit.slug for unit in UNITS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", unit.slug)] == []


@each
def test_a_unit_is_short_enough_to_be_read_and_long_enough_to_say_something(unit):
    assert 150 <= words(unit.text) <= 300
    assert 20 <= words(unit.question) <= 70
    assert (words(unit.model) >= 150) if unit.asks == "answer" else (60 <= words(unit.model) <= 180)
    assert unit.asks in {"answer", "judgement"}
    assert len(unit.look_for) == 3
    assert unit.task


@each
def test_it_reads_like_talking_to_a_twelve_year_old(unit):
    assert max(map(prose.reading_age, (unit.text, unit.model, " ".join(unit.look_for)))) <= 12
    assert "!" not in unit.text + unit.task + unit.model + "".join(unit.look_for)


@each
@pytest.mark.django_db
def test_our_own_check_stops_no_word_of_a_model_answer_or_a_lesson(unit):
    assert wording.blocks(unit.model) + wording.blocks(unit.text) == []


@each
def test_a_reader_sees_no_mark_of_how_it_is_written(unit):
    for text in (unit.text, unit.model):
        assert re.findall(r"\*|<h\d|&lt;", prose.render(text).replace("<h3>", "").replace("</h3>", "")) == []


def test_a_unit_is_found_by_its_address_and_leads_to_the_next():
    first, second = teaching.course("limits").units[:2]
    assert teaching.find("limits", first.slug) == first
    assert teaching.following(first) == second
    assert teaching.following(teaching.course("limits").last) is None
    assert teaching.find("craft", first.slug) is None


def test_the_file_holds_every_unit_whole_and_the_licence():
    text = exporting.as_markdown()
    assert text.startswith("# Training for peer advisors\n\nMIT License. ")
    assert re.findall(r"^### (.+)$", text, re.M) == [unit.title for unit in UNITS]
    for unit in UNITS:
        for part in (unit.text, unit.task, unit.model, *unit.look_for):
            assert part in text
    assert [unit.slug for unit in UNITS if f"> {unit.question.splitlines()[0]}" not in text] == []


def test_a_program_gets_the_same():
    data = json.loads(json.dumps(exporting.as_data()))
    assert [unit["slug"] for track in data["tracks"] for unit in track["units"]] == [unit.slug for unit in UNITS]
    assert data["tracks"][2]["units"][0] == {
        "track": "limits",
        **{name: getattr(UNITS[10], name) for name in ("slug", "title", "asks", "text", "question", "task", "model")},
        "look_for": list(UNITS[10].look_for),
    }
    assert data["licence"].startswith("MIT License")


@pytest.mark.parametrize(
    ("query", "kind"), [("", "text/markdown; charset=utf-8"), ("?format=json", "application/json")]
)
def test_no_word_of_anybody_leaves_with_it(browser, sam, ruth, now, query, kind):
    make_question(text="My zebra ran away.", now=now)
    attempt = practising.send(unit=UNITS[0], words="My own zanzibar.", by=sam, now=now)
    practising.mark(attempt=attempt, words="Fine quagga.", good=True, by=ruth, now=now)
    for person in (sam, ruth, ManagerFactory(alias="Mia")):
        answer = browser(person).get(f"/desk/training/export/{query}")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Content-Disposition"].startswith("attachment; ")
        text = answer.content.decode()
        assert re.findall("zebra|zanzibar|quagga", text) == []
        assert [one.email for one in Person.objects.all() if one.email in text or str(one.pk) in text] == []
        empty = exporting.as_markdown() if not query else json.dumps(exporting.as_data(), indent=1, ensure_ascii=False)
        assert text == empty


def test_the_model_answers_in_it_come_after_ones_own_here_too(browser, now):
    newcomer = PersonFactory(trained_until=None)
    page = browser(newcomer)
    for query in ("", "?format=json"):
        answer = page.get(f"/desk/training/export/{query}")
        assert (answer.status_code, UNITS[0].model[:40] in answer.content.decode()) == (403, False)
    assert "/desk/training/export/" not in page.get("/desk/training/").content.decode()
    Person.objects.filter(pk=newcomer.pk).update(trained_until=now.date())
    assert UNITS[0].model[:40] in page.get("/desk/training/export/").content.decode()
    assert "/desk/training/export/" in page.get("/desk/training/").content.decode()


def test_it_is_for_whoever_answers_or_manages_and_in_two_forms(browser, client, sam):
    assert browser(TrusteeFactory()).get("/desk/training/export/").status_code == 403
    assert client.get("/desk/training/export/").status_code == 302
    assert browser(sam).get("/desk/training/export/?format=exe").status_code == 404
    assert browser(PersonFactory()).post("/desk/training/export/").status_code == 405
