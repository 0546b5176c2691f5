"""The directory of services: each entry is checked by somebody, and nobody is left with nobody to turn to."""

from datetime import date, timedelta
from functools import partial

import pytest

from advisors.managing import entries, signposts
from askpeer import history
from askpeer.errors import Refused, Stale
from questions.intake import helping
from questions.models import Signpost, SignpostChannel
from tests.advisors.managing.reading import shown
from tests.factories import SupervisorFactory, TopicFactory
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
LIST = "/manage/signposts/"
TODAY = date(2026, 11, 16)
GB = ["GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"]


def service(slug, *, crisis=True, phone="116 123", **values):
    values = {"name": slug.title(), "summary": "Somebody listens.", "max_age": 120} | values
    row = Signpost.objects.create(slug=slug, crisis=crisis, **values)
    SignpostChannel.objects.create(signpost=row, kind="phone", value=phone, hours="day and night")
    return row


@pytest.fixture
def here(calendar):
    """999 everywhere, and somebody to talk to everywhere."""
    return [service("police", phone="999"), service("samaritans", min_age=5)]


@pytest.fixture
def page(tom, clock, here):
    return LIST


def form_of(client, row):
    form = client.get(f"{LIST}{row.pk}/").context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items() if value is not False}


def send(client, row, **values):
    path = f"{LIST}{row.pk}/" if row else f"{LIST}new/"
    sent = form_of(client, row) if row else NEW
    return client.post(path, sent | values)


NEW = {
    "name": "The Mix",
    "slug": "the-mix",
    "summary": "Talk about anything.",
    "url": "https://www.themix.org.uk",
    "country": "GB",
    "nations": "",
    "min_age": "13",
    "max_age": "25",
    "remark": "",
    "kind_0": "chat",
    "value_0": "https://www.themix.org.uk/chat",
    "hours_0": "4 to 11 in the evening",
    "awake_0": "16-23",
    "kind_1": "phone",
    "value_1": "0808 808 4994",
    "awake_1": "9-17 mon tue; 10-12 sat",
}


def errors(response):
    return {
        name: [one["message"] for one in said] for name, said in response.context["form"].errors.get_json_data().items()
    }


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_a_new_service_has_its_ways_in_and_counts_as_not_checked(client, page, tom):
    topic = TopicFactory(slug="lonely")
    assert send(client, None, topics=[topic.pk], crisis="on")["Location"] == LIST
    row = Signpost.objects.get(slug="the-mix")
    assert entries.entry_of(row) == entries.Entry(
        slug="the-mix",
        name="The Mix",
        url="https://www.themix.org.uk",
        summary="Talk about anything.",
        country="GB",
        nations=[],
        min_age=13,
        max_age=25,
        topics=["lonely"],
        crisis=True,
        last_verified=None,
        remark="",
        channels=[
            entries.Channel("chat", "https://www.themix.org.uk/chat", "4 to 11 in the evening", [[16, 23]]),
            entries.Channel("phone", "0808 808 4994", "", [[9, 17, [0, 1]], [10, 12, [5]]]),
        ],
    )
    trail = [(entry.kind, entry.actor, entry.facts) for entry in history.of(f"signpost:{row.pk}")]
    assert trail == [("signpost made", tom.name, {"signpost": "the-mix", "crisis": True})]


def test_the_form_of_a_service_sent_as_it_is_changes_nothing(client, page, here):
    before_ = entries.entry_of(here[0])
    assert send(client, here[0])["Location"] == LIST
    assert entries.entry_of(Signpost.objects.get(pk=here[0].pk)) == before_


def test_pages_name_a_changed_service_at_once(client, page, here, now):
    assert [one.name for one in helping.services(nation="GB-SCT", age_band="13-15", now=now)] == [
        "Police",
        "Samaritans",
    ]
    send(client, here[1], name="The Samaritans")
    names = [one.name for one in helping.services(nation="GB-SCT", age_band="13-15", now=now)]
    assert names == ["Police", "The Samaritans"]


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"name": " "}, "name", "Name: This cannot be empty."),
        ({"name": "x" * 81}, "name", "This can have 80 characters at most. It has 81."),
        ({"summary": "x" * 301}, "summary", "This can have 300 characters at most. It has 301."),
        (
            {"slug": "The Mix"},
            "slug",
            "Short name: Expected letters from a to z, numbers, and single hyphens between them, such as the-mix.",
        ),
        ({"slug": "police"}, "__all__", "There is a service with the short name police already. Choose another."),
        (
            {"url": "javascript:alert(1)"},
            "url",
            "Their own page: Expected an address that begins with https://, such as https://www.example.org.",
        ),
        ({"country": "XX"}, "country", "Choose a country from the list."),
        (
            {"nations": "Scotland"},
            "nations",
            "Parts of the country: Expected codes such as GB-SCT, with spaces between them, not SCOTLAND.",
        ),
        ({"nations": "BE-VLG"}, "nations", "Expected parts of the same country."),
        ({"min_age": "-1"}, "min_age", "Youngest: Expected an age in whole years, from 0 to 120."),
        ({"max_age": "121"}, "max_age", "Oldest: Expected an age in whole years, from 0 to 120."),
        ({"max_age": "²"}, "max_age", "Oldest: Expected an age in whole years, from 0 to 120."),
        ({"max_age": "12"}, "max_age", "Expected an age that is not below the youngest."),
        ({"topics": ["999"]}, "topics", "Choose topics from the list."),
        ({"topics": ["x"]}, "topics", "Choose topics from the list."),
        ({"topics": [str(2**63)]}, "topics", "Choose topics from the list."),
        ({"topics": ["9_223_372_036_854_775_808"]}, "topics", "Choose topics from the list."),
        ({"topics": ["9" * 5000]}, "topics", "Choose topics from the list."),
        ({"kind_0": "fax"}, "kind_0", "Way in 1: choose a kind from the list."),
        (
            {"value_0": "http://plain.example.org"},
            "value_0",
            "Way in 1: Expected an address that begins with https:// for chat, not http://plain.example.org.",
        ),
        ({"value_1": "ring us"}, "value_1", "Way in 2: Expected a number for phone, not ring us."),
        ({"kind_1": "email"}, "value_1", "Way in 2: Expected an e-mail address, not 0808 808 4994."),
        ({"hours_1": "a|b"}, "value_1", "Way in 2: Leave out the | sign: it stands between the parts."),
        (
            {"awake_1": "17-9"},
            "value_1",
            "Way in 2: Expected hours like 9-17, or 9-17 mon tue, or always, not 17-9.",
        ),
        (
            {"awake_1": "9-25"},
            "value_1",
            "Way in 2: Expected hours like 9-17, or 9-17 mon tue, or always, not 9-25.",
        ),
    ],
)
def test_what_will_not_do_is_refused_at_its_field(client, page, values, field, sentence):
    response = send(client, None, **values)
    assert (response.status_code, Signpost.objects.count(), errors(response)) == (422, 2, {field: [sentence]})
    assert response.context["form"]["value_1"].value() == (NEW | values)["value_1"]


@pytest.mark.parametrize(
    "name", ["name", "slug", "summary", "url", "nations", "min_age", "remark", "value_0", "awake_0"]
)
@pytest.mark.parametrize("typed", ["a\0b", "[" * 200_000])
def test_hostile_input_gets_a_sentence(client, page, name, typed):
    assert (send(client, None, **{name: typed}).status_code, Signpost.objects.count()) == (422, 2)


def test_of_two_managers_the_second_sees_what_the_first_saved(client, page, here, tom, now):
    row = here[1]
    sent = form_of(client, row)
    entry = entries.entry_of(row)._replace(name="First")
    signposts.save(entry, signpost=row, seen=signposts.seen(row), by=tom, now=now)
    response = client.post(f"{LIST}{row.pk}/", sent | {"name": "Second"})
    assert (response.status_code, Signpost.objects.get(pk=row.pk).name) == (409, "First")
    assert shown(response).count("As it is now: First") == 1
    form = response.context["form"]
    assert (form["name"].value(), form["seen"].value()) == ("Second", signposts.seen(Signpost.objects.get(pk=row.pk)))


def test_nobody_vouches_for_a_number_they_have_not_seen(client, page, here, tom, now):
    row = here[1]
    looked = signposts.looked_at(row)
    entry = entries.entry_of(row)
    other = entry._replace(channels=[entry.channels[0]._replace(value="0800 1111"), *entry.channels[1:]])
    signposts.save(other, signpost=row, seen=signposts.seen(row), by=tom, now=now)
    for seen in (looked, "", "x" * 5000):
        response = client.post(f"{LIST}{row.pk}/checked/", {"seen": seen})
        assert (response.status_code, said(response)) == (409, [signposts.LOOK_AGAIN])
    assert Signpost.objects.get(pk=row.pk).last_verified is None


@pytest.mark.parametrize(("values", "day"), [({"name": "Other"}, TODAY), ({"channels": []}, None)])
def test_an_entry_whose_ways_in_change_counts_as_not_checked(here, tom, now, values, day):
    row = service("local", crisis=False, last_verified=TODAY)
    entry = entries.entry_of(row)._replace(**values)
    signposts.save(entry, signpost=row, seen=signposts.seen(row), by=tom, now=now)
    assert Signpost.objects.get(pk=row.pk).last_verified == day


def test_checked_today_is_one_press(client, page, here, tom):
    row = here[1]
    seen = signposts.looked_at(row)
    for path in (LIST, f"{LIST}{row.pk}/"):
        assert seen in client.get(path).content.decode()
    for _ in range(2):
        assert client.post(f"{LIST}{row.pk}/checked/", {"seen": seen})["Location"] == LIST
    row.refresh_from_db()
    assert row.last_verified == TODAY
    assert [entry.kind for entry in history.of(f"signpost:{row.pk}")] == ["signpost checked"] * 2
    assert shown(client.get(LIST)).count("Checked on 16 November") == 1


@pytest.mark.parametrize(("days", "words"), [(89, "Checked on 19 August"), (90, "Not checked for 90 days: ring first")])
def test_after_ninety_days_it_is_stale_and_words_say_so(client, page, here, days, words):
    Signpost.objects.update(last_verified=TODAY)
    Signpost.objects.filter(pk=here[0].pk).update(last_verified=TODAY - timedelta(days=days))
    response = client.get(LIST)
    assert (response.context["stale"], shown(response).count(words)) == (int(days == 90), 1)
    assert len(client.get(f"{LIST}?stale=on").context["rows"]) == int(days == 90)


def test_the_list_is_filtered_by_what_it_offers_and_by_nothing_else(client, page):
    service("awel", country="BE", crisis=False)
    Signpost.objects.filter(slug="police").update(last_verified=TODAY)

    def rows(query):
        return [row.signpost.slug for row in client.get(f"{LIST}?{query}").context["rows"]]

    assert rows("") == ["awel", "police", "samaritans"]
    assert rows("country=BE") == ["awel"]
    assert rows("crisis=on") == ["police", "samaritans"]
    assert rows("crisis=on&stale=on&country=GB") == ["samaritans"]
    assert rows("country=XX&name__regex=((&country__contains=x") == ["awel", "police", "samaritans"]


def test_the_last_service_that_somebody_is_shown_stays_and_it_is_said_who(client, page, here):
    service("scots", nations=["GB-SCT"], country="GB", max_age=25)
    Signpost.objects.filter(slug__in=["police", "samaritans"]).update(nations=["GB-ENG", "GB-WLS", "GB-NIR"])
    response = client.post(f"{LIST}{Signpost.objects.get(slug='scots').pk}/delete/")
    assert (response.status_code, Signpost.objects.count()) == (422, 3)
    assert said(response) == ["Young people in Scotland would be shown no one. Add another service there first."]


def test_the_last_one_for_some_ages_names_these_ages(client, page, here):
    Signpost.objects.filter(slug="police").update(min_age=18)
    Signpost.objects.filter(slug="samaritans").update(max_age=17)
    response = client.post(f"{LIST}{here[1].pk}/delete/")
    sentence = "Young people in England who are under 11 would be shown no one. Add another service there first."
    assert (response.status_code, said(response)) == (422, [sentence])


@pytest.mark.parametrize("values", [{"crisis": "false"}, {"nations": "GB-ENG"}, {"min_age": "18"}, {"country": "FR"}])
def test_nor_is_it_changed_so_that_somebody_is_shown_no_one(client, page, here, values):
    here[0].delete()
    sent = {
        name: value for name, value in form_of(client, here[1]).items() if name != "crisis" or "crisis" not in values
    }
    response = client.post(f"{LIST}{here[1].pk}/", sent | values)
    assert response.status_code == 422
    assert "would be shown no one" in errors(response)["__all__"][0]
    assert entries.entry_of(Signpost.objects.get()) == entries.entry_of(here[1])


def test_the_number_to_ring_in_danger_stays(client, page, here):
    response = client.post(f"{LIST}{here[0].pk}/delete/")
    sentence = "Our pages for United Kingdom would name no number to ring in danger. Add another one first."
    assert (response.status_code, said(response)) == (422, [sentence])


def test_of_two_who_take_out_the_last_two_one_is_refused(tom, here, now):
    service("third", min_age=5)
    Signpost.objects.filter(slug="police").update(min_age=26)
    third = Signpost.objects.get(slug="third")
    with (
        before("SELECT", "questions_signpost", lambda: signposts.delete(signpost=third, by=tom, now=now)),
        pytest.raises(Refused, match="would be shown no one"),
    ):
        signposts.delete(signpost=here[1], by=tom, now=now)


def test_one_that_partners_chose_stays_and_they_are_named(client, page, partner):
    row = service("local", crisis=False)
    partner.signposts.add(row)
    response = client.post(f"{LIST}{row.pk}/delete/")
    sentence = "Local stays: Harbour Youth chose it. Its page would lose it. Take it off there first."
    assert (response.status_code, said(response)) == (422, [sentence])
    partner.signposts.clear()
    assert client.post(f"{LIST}{row.pk}/delete/")["Location"] == LIST
    assert not Signpost.objects.filter(slug="local").exists()


@pytest.mark.parametrize("verb", [partial(signposts.verify, seen=""), signposts.delete])
def test_what_is_gone_meanwhile_is_said(tom, now, here, verb):
    row = service("local", crisis=False)
    Signpost.objects.filter(pk=row.pk).delete()
    with pytest.raises(Stale, match="not in the directory any more"):
        verb(signpost=row, by=tom, now=now)


@pytest.mark.parametrize("path", ["checked", "delete"])
def test_a_button_is_a_post_on_a_service_that_is_there(client, page, here, path):
    assert client.get(f"{LIST}{here[0].pk}/{path}/").status_code == 405
    assert [client.post(f"{LIST}{pk}/{path}/").status_code for pk in (999_999, 2**70)] == [404, 404]


def test_only_a_manager_may(client, page, here, now):
    other = SupervisorFactory()
    for verb in (partial(signposts.verify, seen=""), signposts.delete):
        with pytest.raises(Refused, match=r"Only a manager can do this\."):
            verb(signpost=here[1], by=other, now=now)
    client.force_login(other)
    paths = (LIST, f"{LIST}new/", f"{LIST}export/", f"{LIST}import/", f"{LIST}{here[0].pk}/")
    assert [client.get(path).status_code for path in paths] == [403] * 5


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, tom, clock, count, django_assert_num_queries):
    client.get(LIST)
    for number in range(count):
        service(f"service-{number}")
    with django_assert_num_queries(7):
        client.get(LIST)
