"""The dashboard, its CSV and the report for funders, as a manager meets them."""

import csv
import re
from io import StringIO
from uuid import uuid4

import pytest

from advisors.managing.figures import reading
from advisors.team.models import WrapUp
from questions.models import Feedback
from questions.partners.models import Partner
from tests.advisors.managing.figures.rows import DAY, HOUR, answered, asked
from tests.advisors.managing.reading import shown
from tests.factories import PersonFactory, SupervisorFactory, TopicFactory

pytestmark = pytest.mark.django_db
PAGE = "/manage/figures/"
OCTOBER = "?from=2026-10-01&to=2026-10-31"
MISTYPED = {
    "?from=2026-10-01": "Write both days like 2026-10-01.",
    "?from=1.10.2026&to=2026-10-31": "Write both days like 2026-10-01.",
    "?from=2026-02-30&to=2026-10-31": "Write both days like 2026-10-01.",
    "?from=0001-01-01&to=9999-12-31": "Write both days like 2026-10-01.",
    "?from=2026-W40-1&to=2026-10-31": "Write both days like 2026-10-01.",
    "?from=%00&to=%ED%A0%80": "Write both days like 2026-10-01.",
    "?from=2026-10-31&to=2026-10-01": "The last day cannot be before the first.",
    "?from=2025-10-01&to=2026-10-02": "Choose 366 days at most.",
    "?from=2026-11-17&to=2026-11-18": "The first day cannot be ahead of today.",
}


def rows_of(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_dashboard_costs_the_same_for_one_and_for_three(
    client, tom, calendar, clock, now, count, django_assert_num_queries
):
    client.get(PAGE)
    for _ in range(count):
        people = {"writer": PersonFactory(), "checker": SupervisorFactory()}
        answered(now - DAY, now - HOUR, topic=TopicFactory(), **people)
        WrapUp.objects.create(person=people["writer"], minutes=30, at=now - HOUR)
        Partner.objects.create(name="Harbour", slug=f"harbour-{uuid4()}"[:40])
    with django_assert_num_queries(22):
        assert client.get(PAGE).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_so_does_the_report(client, tom, calendar, clock, now, count, django_assert_num_queries):
    client.get(f"{PAGE}report/")
    for _ in range(count):
        answered(now - 30 * DAY, now - 29 * DAY, topic=TopicFactory())
    with django_assert_num_queries(11):
        assert client.get(f"{PAGE}report/").status_code == 200


def test_every_figure_of_the_page_is_a_file_too(client, tom, calendar, clock):
    shown = client.get(PAGE).content.decode()
    for name in reading.READERS:
        answer = client.get(f"{PAGE}{name}.csv{OCTOBER}")
        assert answer.status_code == 200
        assert answer["Content-Disposition"] == f'attachment; filename="askpeer-{name}.csv"'
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f"{PAGE}{name}.csv?from=2026-10-18&amp;to=2026-11-16" in shown


@pytest.mark.parametrize(("query", "sentence"), MISTYPED.items())
def test_days_that_will_not_do_get_a_sentence(client, tom, calendar, clock, query, sentence):
    page, sheet = client.get(f"{PAGE}{query}"), client.get(f"{PAGE}promises.csv{query}")
    assert (page.status_code, sheet.status_code) == (422, 422)
    assert sentence in page.content.decode()
    assert sheet.content.decode() == sentence


def test_there_is_no_other_file(client, tom, calendar, clock):
    assert client.get(f"{PAGE}people.csv").status_code == 404


def test_a_label_that_is_a_formula_and_markup_is_neither(client, tom, calendar, clock, now):
    topic = TopicFactory(label='=HYPERLINK("http://x"),<svg onload=1>')
    for _ in range(12):
        asked(now.replace(month=10), topic=topic)
        asked(now.replace(month=10))
    sheet = rows_of(client.get(f"{PAGE}topics.csv{OCTOBER}"))
    assert sheet == [
        ["Topic", "Questions", "Share", "Period"],
        ['\'=HYPERLINK("http://x"),<svg onload=1>', "12", "50 %", "October 2026"],
        ["No topic", "12", "50 %", "October 2026"],
    ]
    page = client.get(f"{PAGE}{OCTOBER}").content.decode()
    assert "<svg onload" not in page
    assert page.count("&lt;svg onload") == 3  # the table, the bar's label, the picture's words


def numbers(client, path=f"{PAGE}report/", **typed):
    """The report's numbers in their order, from the page itself."""
    page = (client.post(path, typed) if typed else client.get(path)).content.decode()
    return re.findall("<dt>([^<]+)</dt><dd>([^<]+)</dd>", page)


def test_the_report_of_a_small_month_says_nothing_of_few(client, tom, calendar, clock, now):
    for _ in range(9):
        answered(now - 30 * DAY, now - 29 * DAY)
    assert numbers(client) == [
        ("Questions asked", "fewer than 10"),
        ("Answers sent", "fewer than 10"),
        ("Sent by the promised time", "too few to say"),
        ("Felt heard", "too few to say"),
        ("Know a next step", "too few to say"),
        ("Knew an expert checks", "too few to say"),
        ("People who passed training", "fewer than 10"),
        ("Hours given", "fewer than 10"),
        ("New answers in the library", "fewer than 10"),
        ("Answers in the library today", "fewer than 10"),
    ]


def test_the_report_of_a_full_month(client, tom, calendar, clock, now):
    lonely, rare = TopicFactory(label="Lonely"), TopicFactory(label="Rare")
    for number in range(40):
        question = answered(now - 30 * DAY, now - (29 if number < 30 else 20) * DAY, topic=lonely)
        Feedback.objects.create(round=question.round, felt_heard=number < 30, next_step=True, sent_at=now - 20 * DAY)
    asked(now - 30 * DAY, topic=rare)
    WrapUp.objects.create(person=tom, minutes=12 * 60 + 59, at=now - 30 * DAY)
    assert numbers(client) == [
        ("Questions asked", "41"),
        ("Answers sent", "40"),
        ("Sent by the promised time", "73 %"),
        ("Felt heard", "75 %"),
        ("Know a next step", "77 % or more"),
        ("Knew an expert checks", "too few to say"),
        ("People who passed training", "fewer than 10"),
        ("Hours given", "12"),
        ("New answers in the library", "fewer than 10"),
        ("Answers in the library today", "fewer than 10"),
    ]


@pytest.mark.parametrize("organisation", ["", "Harbour Youth <CIO>"])
def test_the_report_says_whose_it_is_and_who_printed_it_when(client, tom, calendar, clock, settings, organisation):
    settings.ORGANISATION = organisation
    words = shown(client.get(f"{PAGE}report/?month=2026-09")).partition("What we did")[2]
    assert words.split("Young people")[0].split() == [*organisation.split(), "September", "2026"]
    assert words.count("Printed on 16 November 2026 by Tom, manager.") == 1
    assert tom.email not in words


def test_what_is_typed_stands_in_the_report_and_nowhere_else(client, tom, calendar, clock):
    typed = {"title": "For the <b>Harbour</b>  Fund\u202e", "note": "One line.\n\nAnother."}
    page = client.post(f"{PAGE}report/?month=2026-09", typed).content.decode()
    assert '<h2>For the &lt;b&gt;Harbour&lt;/b&gt; Fund</h2>\n<p class="lead">September 2026</p>' in page
    assert "<p>One line.</p>\n\n<p>Another.</p>" in page
    assert "Harbour" not in client.get(f"{PAGE}report/").content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": "x" * 121, "note": "Kept."}, "This can have 120 characters at most. It has 121."),
        ({"title": "x", "note": "Kept." + "y" * 1196}, "This can have 1,200 characters at most. It has 1201."),
        ({"title": "a\0b", "note": "Kept."}, "Null characters are not allowed."),
        ({"title": "x" * 200_000, "note": "Kept."}, "This can have 120 characters at most. It has 200000."),
    ],
)
def test_what_will_not_do_is_said_and_kept(client, tom, calendar, clock, typed, sentence):
    answer = client.post(f"{PAGE}report/", typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Kept." in answer.content.decode()


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("2026-11", "Choose a month that is over. Its numbers are not all there yet."),
        ("2027-01", "Choose a month that is over. Its numbers are not all there yet."),
        ("2026-13", "Write the month like 2026-10."),
        ("October", "Write the month like 2026-10."),
        ("9999-12", "Write the month like 2026-10."),
    ],
)
def test_a_month_that_will_not_do(client, tom, calendar, clock, month, sentence):
    answer = client.get(f"{PAGE}report/?month={month}")
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
