"""The directory as a file: what goes out comes in the same, nothing in it runs, and a broken one saves nothing."""

import csv
import io
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from advisors.managing import entries, exchanging
from advisors.managing.entries import Channel, Entry
from advisors.managing.figures import sheets
from askpeer import history
from askpeer.errors import Refused, Stale
from config.demo import reference
from questions.models import Signpost
from tests.advisors.managing.reading import shown
from tests.advisors.managing.test_signposts import service
from tests.factories import SupervisorFactory, TopicFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
PAGE = "/manage/signposts/import/"
HEAD = ",".join(exchanging.COLUMNS)
LINE = 'the-mix,The Mix,https://www.themix.org.uk,Talk.,GB,,13,25,,no,2026-10-01,,"phone | +44 20 7946 0000 | always"'


@pytest.fixture
def police(calendar):
    return service("police", phone="999")


@pytest.fixture
def page(tom, clock, police):
    return PAGE


def file_of(text, name="services.csv"):
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode(), content_type="text/csv")


def look(client, text, name="services.csv"):
    return client.post(PAGE, {"file": file_of(text, name), "step": "preview"})


def save(client, looked):
    context = looked.context
    sent = {"csv": context["text"], "named": context["name"], "seen": context["found"].seen, "step": "save"}
    return client.post(PAGE, sent, follow=True)


def there():
    return {row.slug: entries.entry_of(row) for row in Signpost.objects.all()}


def wrong(client, text):
    response = look(client, text)
    assert (response.status_code, list(there())) == (422, ["police"])
    return response.context["found"].wrong


def sentence(client, text, name="services.csv"):
    response = look(client, text, name)
    assert (response.status_code, list(there())) == (422, ["police"])
    (said,) = response.context["form"].errors["file"]
    return said


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_file_is_looked_at_first_and_saved_by_a_second_press(client, page, tom):
    looked = look(client, f"{HEAD}\r\n{LINE}\r\n")
    assert (looked.status_code, list(there())) == (200, ["police"])
    told = "services.csv: 1 new, 0 changed, 0 as they are already. 1 of ours is not in the file and stays."
    assert shown(looked).count(told) == 1
    saved = save(client, looked)
    assert said(saved) == ["services.csv is in: 1 new, 0 changed. Everybody's pages show it within 30 seconds."]
    assert there()["the-mix"] == Entry(
        slug="the-mix",
        name="The Mix",
        url="https://www.themix.org.uk",
        summary="Talk.",
        country="GB",
        nations=[],
        min_age=13,
        max_age=25,
        topics=[],
        crisis=False,
        last_verified=date(2026, 10, 1),
        remark="",
        channels=[Channel("phone", "+44 20 7946 0000", "always", [])],
    )
    trail = [(entry.kind, entry.actor, entry.facts) for entry in history.of("signposts")]
    assert trail == [("signposts brought in", tom.name, {"new": 1, "changed": 0})]


def test_the_whole_demo_directory_comes_in_as_it_went_out(client, page, tom, now):
    Signpost.objects.all().delete()
    reference.seed_signposts(reference.seed_topics())
    before, text = there(), exchanging.export()
    found = exchanging.plan(text, now=now)
    assert (found.new, found.changed, found.same, found.absent, found.wrong) == ([], [], len(before), 0, [])
    Signpost.objects.all().delete()
    found = exchanging.plan(text, now=now)
    exchanging.bring_in(text, seen=found.seen, by=tom, now=now)
    assert there() == before


@pytest.mark.parametrize(
    "name", ["=1+1", "+44 Help", "-5", "@home", "'tis us", "'=x", "＝1+1", "＠home", "“quoted”, with a comma"]
)
def test_no_cell_runs_in_a_spreadsheet_and_each_comes_back_the_same(client, page, tom, now, name):
    Signpost.objects.update(name=name, remark=name)
    text = exchanging.export()
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert [cell for cell in cells if cell[:1] in sheets.RUN and cell] == []
    Signpost.objects.update(name="Other", remark="")
    found = exchanging.plan(text, now=now)
    exchanging.bring_in(text, seen=found.seen, by=tom, now=now)
    row = Signpost.objects.get()
    assert (row.name, row.remark) == (name, name)


@pytest.mark.parametrize(
    "cell", ["+44 20", "-", "=", "@x", "\tx", "\rx", "'", "''", "x", "", "'x", "＝1", "＋1", "－1", "＠x", " =1", "' ="]
)
def test_a_guard_is_taken_off_again(cell):
    assert sheets.unguard(sheets.guard(cell)) == cell
    assert sheets.guard(cell)[:1] not in sheets.RUN


def test_the_download_is_a_file_that_a_spreadsheet_reads_as_it_is(client, page):
    response = client.get("/manage/signposts/export/")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="signposts-2026-11-16.csv"'
    assert response.content.startswith(b"\xef\xbb\xbfslug,name,")
    assert (look(client, response.content).context["found"].same, len(response.content.split(b"\r\n"))) == (1, 3)


def test_a_changed_line_says_what_changes(client, page):
    text = exchanging.export().replace("Somebody listens.", "They listen.").replace("999", "112")
    looked = look(client, text)
    assert looked.context["found"].changed[0][1] == ["summary", "channels"]
    assert shown(looked).count("Police: summary, channels") == 1
    save(client, looked)
    assert (there()["police"].summary, there()["police"].channels[0].value) == ("They listen.", "112")


OTHER_WAYS = "Police: the ways in change, and the file has no later day on which somebody checked them."


@pytest.mark.parametrize(
    ("day", "kept"),
    [
        ("2026-11-10", None),
        ("2026-11-09", None),  # an older file: what was checked since were other ways in
        ("", None),
        ("2026-11-11", date(2026, 11, 11)),
    ],
)
def test_with_other_ways_in_only_a_later_day_of_the_file_counts_as_checked(client, page, day, kept):
    Signpost.objects.update(last_verified=date(2026, 11, 10))
    looked = look(client, exchanging.export().replace("999", "112").replace("2026-11-10", day))
    assert shown(looked).count(OTHER_WAYS) == (kept is None)
    assert looked.context["found"].changed[0][1] == ["last verified", "channels"]
    save(client, looked)
    assert (there()["police"].last_verified, there()["police"].channels[0].value) == (kept, "112")


def test_with_other_ways_in_and_no_column_for_the_day_it_counts_as_not_checked(client, page):
    Signpost.objects.update(last_verified=date(2026, 11, 10))
    text = "slug,name,summary,country,min_age,max_age,channels\n"
    looked = look(client, f"{text}police,Police,Somebody listens.,GB,0,120,phone | 112\n")
    assert shown(looked).count(f"{OTHER_WAYS} This service then counts as not checked until somebody looks.") == 1
    save(client, looked)
    assert there()["police"].last_verified is None


def test_with_the_same_ways_in_the_day_of_the_file_is_taken(client, page):
    Signpost.objects.update(last_verified=date(2026, 11, 10))
    save(client, look(client, exchanging.export().replace("2026-11-10", "2026-11-09")))
    assert there()["police"].last_verified == date(2026, 11, 9)


def test_what_is_there_already_has_nothing_to_save(client, page):
    assert shown(look(client, exchanging.export())).count("There is nothing to save.") == 1


@pytest.mark.parametrize(
    ("change", "column", "expected"),
    [
        (("the-mix,", "The Mix,"), "slug", "Expected letters from a to z, numbers, and single hyphens"),
        (("the-mix,The Mix", "the-mix,"), "name", "This cannot be empty."),
        (("https://www", "ftp://www"), "url", "Expected an address that begins with https://"),
        (("https://www.themix", "https://www .themix"), "url", "Expected an address that begins with https://"),
        ((",GB,", ",Britain,"), "country", "Expected the two letters of a country, such as GB or BE."),
        ((",GB,,", ",GB,GB-SCT BE-VLG,"), "nations", "Expected parts of the same country."),
        ((",13,25,", ",old,25,"), "min_age", "Expected an age in whole years, from 0 to 120."),
        ((",13,25,", ",25,13,"), "max_age", "Expected an age that is not below the youngest."),
        ((",25,,no", ",25,nothing,no"), "topics", "There is no topic with the short name nothing."),
        ((",no,", ",maybe,"), "crisis", "Expected yes or no."),
        (("2026-10-01", "01/10/2026"), "last_verified", "Expected a day like 2027-02-28, or nothing."),
        (("2026-10-01", "2026-11-17"), "last_verified", "Expected a day that is over"),
        (("phone |", "fax |"), "channels", "Expected one of chat, text, phone, email, web as the kind, not fax."),
        (("phone | +44 20 7946 0000 | always", "phone"), "channels", "Expected kind | value | hours in words"),
        (("The Mix", "=HYPERLINK(1)"), "name", "It begins with =, as a formula does. Expected plain words."),
        (("The Mix", "@SUM(1)"), "name", "It begins with @, as a formula does. Expected plain words."),
    ],
)
def test_each_thing_that_is_wrong_names_its_line_and_column_and_what_was_expected(
    client, page, change, column, expected
):
    (found,) = wrong(client, f"{HEAD}\n{LINE.replace('the-mix', 'first', 1)}\n{LINE.replace(*change, 1)}\n")
    assert (found.line, found.column, found.sentence.startswith(expected)) == (3, column, True)


def test_one_wrong_line_saves_none_of_the_others(client, page):
    looked = look(client, f"{HEAD}\n{LINE}\n{LINE.replace('the-mix', 'Bad Name', 1)}\n")
    assert (looked.status_code, len(looked.context["found"].new)) == (422, 1)
    assert looked.content.decode().count('value="save"') == 0
    saved = save(client, looked)
    assert (saved.status_code, list(there())) == (422, ["police"])
    assert said(saved) == ["Something in the file is wrong, so nothing of it is saved. Nothing is saved."]


def test_a_line_that_is_wrong_is_in_the_file_all_the_same(client, page):
    text = exchanging.export().replace("Somebody listens.", "")
    looked = look(client, text)
    assert (looked.status_code, len(looked.context["found"].wrong), looked.context["found"].absent) == (422, 1, 0)


def test_a_short_name_twice_is_said_at_the_second(client, page):
    (found,) = wrong(client, f"{HEAD}\n{LINE}\n{LINE}\n")
    assert found == (3, "slug", "A line before this one has the short name the-mix already.")


def test_short_names_that_become_one_are_one(client, page):
    other = LINE.replace("the-mix", "the-m\u200bix", 1)
    assert wrong(client, f"{HEAD}\n{LINE}\n{other}\n") == [
        (3, "slug", "A line before this one has the short name the-mix already.")
    ]


@pytest.mark.parametrize("sign", "=@＝＠")
def test_a_formula_that_nothing_guards_is_refused(client, page, sign):
    (found,) = wrong(client, f"{HEAD}\n{LINE.replace('Talk.', f'{sign}1')}\n")
    assert found == (2, "summary", f"It begins with {sign}, as a formula does. Expected plain words.")


def test_a_column_that_lacks_leaves_what_there_is(client, page, police, now):
    police.topics.add(TopicFactory(slug="anger"))
    Signpost.objects.update(nations=["GB-SCT"], remark="Ring first.", last_verified=now.date())
    before = there()["police"]
    text = "slug,name,summary,country,min_age,max_age,channels\n"
    ways = entries.channels_said(before.channels)
    looked = look(client, f"{text}police,The police,Somebody listens.,GB,0,120,{ways}\n")
    assert shown(looked).count("url, nations, topics, crisis, last verified, remark") == 1
    assert [names for _entry, names in looked.context["found"].changed] == [["name"]]
    save(client, looked)
    assert there()["police"] == before._replace(name="The police")


def test_a_line_after_a_cell_of_several_lines_is_counted_as_an_editor_counts(client, page):
    two = LINE.replace("always", "always\nweb | https://www.themix.org.uk")
    (found,) = wrong(client, f"{HEAD}\n{two}\n{LINE.replace('the-mix', 'BAD', 1)}\n")
    assert found.line == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "The file is empty. Choose another one."),
        (b"\n\n", "The heading, line 1, lacks slug, name"),
        (HEAD.encode(), "There is no line below the heading. Choose another file."),
        (f"{HEAD}\nthe-mix,The M\xe9x".encode("latin-1"), "Line 2 has letters that are not UTF-8."),
        (f"{HEAD}\n{LINE}".encode("utf-16"), "Line 1 has letters that are not UTF-8."),
        (b"PK\x03\x04 and so on", "This is a spreadsheet, not CSV."),
        (f"{HEAD}\n{LINE}\0".encode(), "Line 2 has a character that no text has."),
        (HEAD.replace(",", ";") + "\n", "The columns have semicolons between them."),
        (HEAD.replace(",", "\t") + "\n", "The columns have tabs between them."),
        ("slug,name\na,b\n", "The heading, line 1, lacks summary, country, min_age, max_age, channels."),
        (f"{HEAD},extra\n", "Line 1 has a column extra."),
        (f"{HEAD},slug\n", "Line 1 has a column twice."),
        (f"{HEAD}\nthe-mix,The Mix\n", "Line 2 has 2 columns where the heading has 13."),
        (f'{HEAD}\n{LINE}\n"the-other,The Other\n', "A quotation mark in or after line 3 is never closed."),
        (f'{HEAD}\n"the"-mix,The Mix\n', "Line 2 cannot be read: after a quotation mark comes no comma."),
        (f"{HEAD}\n" + "x" * 200_001, "The file has 200,0"),
        (f"{HEAD}\n" + "a" * 140_000, "Line 2 has a cell of over 131,072 characters. Make it shorter."),
        (f"{HEAD}\n" + f"{LINE}\n" * 501, "A directory can have 500 lines at most."),
    ],
)
def test_a_broken_file_gets_a_sentence_with_its_name_and_saves_nothing(client, page, text, told):
    found = sentence(client, text, "broken.csv")
    assert found.startswith(f"broken.csv: {told}")
    assert found.endswith("Nothing is saved.")


def test_a_mark_at_the_beginning_and_any_end_of_line_are_read(client, page):
    for ends in ("\r\n", "\n", "\r"):
        looked = look(client, b"\xef\xbb\xbf" + f"{HEAD}{ends}{LINE}{ends}{ends}".encode())
        assert (looked.status_code, len(looked.context["found"].new)) == (200, 1)


def test_columns_may_stand_in_another_order_and_some_may_lack(client, page):
    text = "name,slug,summary,country,min_age,max_age,channels\nOurs,ours,Help.,GB,0,120,phone | 116 123\n"
    save(client, look(client, text))
    assert (there()["ours"].name, there()["ours"].last_verified, there()["ours"].crisis) == ("Ours", None, False)


def test_no_file_is_said(client, page):
    response = client.post(PAGE, {"step": "preview"})
    assert (response.status_code, response.context["form"].errors) == (422, {"file": ["Choose a file."]})


def test_a_file_over_a_megabyte_is_refused_before_it_is_read(client, page):
    assert look(client, b"x" * (1024 * 1024 + 1)).status_code == 413


def test_a_name_that_draws_itself_backwards_is_shown_without_that(client, page):
    assert shown(look(client, f"{HEAD}\n{LINE}\n", "a\u202evsc.csv")).count("avsc.csv: 1 new") == 1


def test_what_changed_after_it_was_looked_at_is_looked_at_again(client, page, police):
    looked = look(client, f"{HEAD}\n{LINE}\n")
    Signpost.objects.update(name="The police")
    saved = save(client, looked)
    assert (saved.status_code, list(there())) == (409, ["police"])
    assert save(client, saved).status_code == 200
    assert sorted(there()) == ["police", "the-mix"]


def test_a_file_that_would_leave_somebody_with_no_one_is_refused_whole(client, page):
    text = exchanging.export().replace(",yes,", ",no,") + LINE
    saved = save(client, look(client, text))
    assert (saved.status_code, list(there())) == (422, ["police"])
    assert re.fullmatch(r"Young people in \w+ would be shown no one\. .*Nothing is saved\.", said(saved)[0])


def test_a_text_made_up_by_hand_is_looked_at_as_hard(client, page):
    for text in ("", "a;b", "\0", "x" * 300_000, '"'):
        response = client.post(PAGE, {"csv": text, "seen": "x", "named": "x", "step": "save"})
        assert (response.status_code, list(there())) == (422, ["police"])


def test_only_a_manager_may(client, page, now):
    text = f"{HEAD}\n{LINE}\n"
    with pytest.raises(Refused, match=r"Only a manager can do this\."):
        exchanging.bring_in(text, seen=exchanging.plan(text, now=now).seen, by=SupervisorFactory(), now=now)


def test_a_stale_mark_is_stale(tom, police, now):
    with pytest.raises(Stale):
        exchanging.bring_in(f"{HEAD}\n{LINE}\n", seen="x", by=tom, now=now)


def test_the_file_costs_the_same_for_one_and_for_three(client, page, django_assert_num_queries):
    exchanging.export()
    for count in (1, 3):
        for number in range(count - 1):
            service(f"more-{number}")
        with django_assert_num_queries(3):
            exchanging.export()
