from datetime import UTC, datetime

import pytest

from questions.intake import helping
from questions.models import Signpost, SignpostChannel
from tests.factories import make_question

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 16, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("nation", "age_band", "names"),
    [
        ("GB-ENG", "13-15", ["Shout", "Childline", "999"]),
        ("GB-NIR", "13-15", ["Shout", "Childline", "999", "Lifeline"]),
        ("GB-ENG", "22-25", ["Shout", "999"]),
        ("", "rather-not-say", ["Shout", "Childline", "999"]),
        ("BE-VLG", "13-15", ["Awel"]),
        ("FR-IDF", "13-15", []),
        ("other", "13-15", []),
    ],
)
def test_who_helps_goes_by_country_nation_and_age_with_text_and_chat_first(calendar, crisis, nation, age_band, names):
    found = helping.services(nation=nation, age_band=age_band, now=NIGHT)
    assert [helper.name for helper in found] == names


def test_only_who_answers_while_you_wait_is_named_as_there_now(calendar, crisis):
    letters = Signpost.objects.create(slug="letters", name="Letters", summary="Writes.", crisis=True, max_age=120)
    for kind, value in (("email", "jo@example.org"), ("web", "https://letters.example/")):
        SignpostChannel.objects.create(signpost=letters, kind=kind, value=value)
        SignpostChannel.objects.create(signpost=Signpost.objects.get(name="999"), kind=kind, value=value)
    found = helping.services(nation="GB-ENG", age_band="13-15", now=NIGHT)
    assert [(helper.name, [way.kind for way in helper.ways]) for helper in found] == [
        ("Shout", ["text"]),
        ("Childline", ["chat", "phone"]),
        ("999", ["phone"]),
    ]


def test_one_service_of_each_live_kind_is_named_the_childrens_first(calendar, crisis):
    Signpost.objects.filter(name="Childline").update(position=9)
    found = {kind: (name, way.value) for kind, (name, way) in helping.one_of_each(now=NIGHT).items()}
    assert found == {
        "chat": ("Childline", "https://chat.example/"),
        "phone": ("Childline", "0800 1111"),
        "text": ("Shout", "Text SHOUT to 85258"),
    }


NUMBER = (
    'Have you taken something, or are you badly hurt? Ring <a href="tel:999">999</a> now. Do it even if you feel okay.'
)
NO_NUMBER = (
    "Have you taken something, or are you badly hurt? Ring your emergency number now. Do it even if you feel okay."
)


@pytest.mark.parametrize(
    ("nation", "said"),
    [("", NUMBER), ("GB-NIR", NUMBER), ("other", NO_NUMBER), ("FR-IDF", NO_NUMBER), ("BE-VLG", NO_NUMBER)],
)
def test_somebody_hurt_is_told_their_own_emergency_number_or_none(calendar, crisis, nation, said):
    assert helping.hurt(nation) == said


def test_a_service_that_sleeps_is_not_named(calendar, crisis):
    SignpostChannel.objects.filter(signpost__name="Shout").delete()
    channel = SignpostChannel.objects.get(signpost__name="999")
    channel.awake = [[9, 21]]
    channel.save()
    found = helping.services(nation="GB-ENG", age_band="13-15", now=NIGHT)
    assert [helper.name for helper in found] == ["Childline"]


def test_the_crisis_line_comes_from_the_data_of_the_services_country(calendar, crisis):
    assert helping.line(now=NIGHT) == (
        'If you\'re in danger, ring <a href="tel:999">999</a>. '
        'To talk to someone now, ring Childline on <a href="tel:08001111">0800 1111</a>.'
    )


def test_without_data_there_is_no_line_and_no_number(calendar):
    assert helping.line(now=NIGHT) == ""


def test_beside_a_question_stand_crisis_services_or_its_topics_own_or_nobody(calendar, crisis, topic):
    row = Signpost.objects.create(slug="club", name="Club", summary="Meets.", country="GB", position=9)
    SignpostChannel.objects.create(signpost=row, kind="web", value="https://club.example/")
    row.topics.add(topic)
    asked = [
        make_question(level="red"),
        make_question(about_staff=True),
        make_question(topic=topic),
        make_question(topic=topic, level="amber"),
        make_question(topic=topic, status="redirected"),
        make_question(topic=topic, status="redirected", level="amber"),
    ]
    found = [[helper.name for helper in helping.beside(question, now=NIGHT)] for question in asked]
    awake = ["Shout", "Childline", "999"]
    assert found == [awake, awake, [], awake, ["Club"], [*awake, "Club"]]


@pytest.mark.parametrize(("nation", "found"), [("GB-NIR", ["Club"]), ("GB-ENG", []), ("", [])])
def test_a_topics_own_for_one_nation_is_named_to_nobody_else_nor_to_who_named_none(
    calendar, crisis, topic, nation, found
):
    row = Signpost.objects.create(slug="club", name="Club", summary="Meets.", country="GB", nations=["GB-NIR"])
    SignpostChannel.objects.create(signpost=row, kind="web", value="https://club.example/")
    row.topics.add(topic)
    question = make_question(topic=topic, status="redirected", nation=nation)
    assert [helper.name for helper in helping.beside(question, now=NIGHT)] == found


def test_nobody_is_named_twice_beside_a_question(calendar, crisis, topic):
    Signpost.objects.get(name="Shout").topics.add(topic)
    found = helping.beside(make_question(topic=topic, status="redirected", level="red"), now=NIGHT)
    assert [helper.name for helper in found] == ["Shout", "Childline", "999"]


@pytest.mark.parametrize(
    ("kind", "value", "href"),
    [
        ("phone", "0800 1111", "tel:08001111"),
        ("text", "Text SHOUT to 85258", "sms:85258?body=SHOUT"),
        ("text", "Text 84001", "sms:84001"),
        ("text", "see their site", ""),
        ("email", "jo@example.org", "mailto:jo@example.org"),
        ("web", "https://example.org/", "https://example.org/"),
    ],
)
def test_a_channel_leads_somewhere_a_phone_understands(kind, value, href):
    assert helping.href(kind, value) == href
