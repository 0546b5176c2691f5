"""The phrases that raise a question: tried first, kept in numbers alone, and no red one gone by a slip."""

import pytest

from advisors.managing import risk
from askpeer import history
from askpeer.errors import Refused, Stale
from questions.intake import risk as raising
from questions.intake.models import RiskRule
from tests.advisors.managing.reading import shown
from tests.factories import SupervisorFactory
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
LIST = "/manage/risk/"
TEXT = "I have a zanzibar plan, and I can't sleep."
NEW = {"label": "Cannot sleep", "level": "amber", "language": "en", "phrases": "can't sleep\nNo  SLEEP!\nno sleep"}


@pytest.fixture
def red(db):
    return RiskRule.objects.create(label="A plan", level="red", phrases=["zanzibar plan", "tonight it ends"])


@pytest.fixture
def amber(red):
    return RiskRule.objects.create(label="Hurts", level="amber", phrases=["hurts all day"])


@pytest.fixture
def page(tom, clock, amber):
    return LIST


def send(client, row, **values):
    path = f"{LIST}{row.pk}/" if row else f"{LIST}new/"
    shown_ = {"label": row.label, "level": row.level, "language": row.language, "seen": risk.seen(row)} if row else NEW
    sent = shown_ | ({"phrases": "\n".join(row.phrases)} if row else {}) | {"step": "save"}
    return client.post(path, sent | values)


def phrases(row):
    return RiskRule.objects.get(pk=row.pk).phrases


def said(response):
    return [str(message) for message in response.context["messages"]]


def facts(row):
    return [(entry.kind, entry.facts) for entry in history.of(f"risk-rule:{row.pk}")]


def test_a_new_rule_matches_at_once_and_its_phrases_are_kept_as_they_match(client, page):
    assert raising.level_of("I cant sleep").level == "green"
    response = client.post(f"{LIST}new/", NEW | {"step": "save"}, follow=True)
    row = RiskRule.objects.get(label="Cannot sleep")
    assert (row.phrases, row.level, row.language) == (["cant sleep", "no sleep"], "amber", "en")
    assert said(response) == ["Saved: 2 new, 0 gone. Every question meets it in 30 seconds."]
    assert raising.level_of("I can't sleep").level == "amber"
    assert facts(row) == [("risk rule made", {"new": 2, "gone": 0, "level": "amber", "language": "en"})]


def test_no_phrase_and_no_label_is_in_the_trail(client, page, red):
    send(client, red, phrases="zanzibar plan\ntonight it ends\nmombasa")
    (entry,) = history.of(f"risk-rule:{red.pk}")
    assert entry.facts == {"new": 1, "gone": 0, "level": "red", "language": "en"}


def test_a_text_is_tried_with_the_rules_there_are_and_kept_nowhere(client, page, caplog):
    response = client.post(f"{LIST}try/", {"text": TEXT})
    assert response.context["tried"] == risk.Tried("red", [risk.Reason("zanzibar plan", "A plan")])
    assert shown(response).count("It would be Red “zanzibar plan”: A plan") == 1
    assert response["Cache-Control"].count("no-store") == 1
    logged = [str(vars(record)) for record in caplog.records]
    assert ([line for line in logged if "zanzibar" in line], len(logged)) == ([], 1)
    assert shown(client.get(LIST)).count("zanzibar") == 0


def test_a_calm_text_has_nothing_in_it(client, page):
    assert shown(client.post(f"{LIST}try/", {"text": "Hello."})).count("No phrase is in it.") == 1


def test_a_text_is_tried_with_the_edited_list_before_it_is_saved(client, page, red):
    response = send(client, red, phrases="tonight it ends\ncan't sleep", level="amber", text=TEXT, step="try")
    assert response.context["before"] == risk.Tried("red", [risk.Reason("zanzibar plan", "A plan")])
    assert response.context["after"] == risk.Tried("amber", [risk.Reason("cant sleep", "A plan")])
    assert shown(response).count("1 phrase would be new, 1 would be gone.") == 1
    assert (phrases(red), facts(red)) == (["zanzibar plan", "tonight it ends"], [])


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"label": ""}, "label", "Say in a few words what these phrases mean."),
        ({"label": "x" * 121}, "label", "This can have 120 characters at most. It has 121."),
        ({"level": "green"}, "level", "Choose a level from the list."),
        ({"language": "xx"}, "language", "Choose a language from the list."),
        ({"phrases": ""}, "phrases", "Write one phrase at least."),
        ({"phrases": "...\n!!"}, "phrases", "Write one phrase at least."),
        ({"phrases": "me"}, "phrases", "“me” is so short that everyday talk would match. Write 3 letters or more."),
        (
            {"phrases": "a" * 121},
            "phrases",
            f"A phrase can have 120 characters at most. This one is longer: {'a' * 40} …",
        ),
        (
            {"phrases": "\n".join(f"phrase {n}" for n in range(401))},
            "phrases",
            "A rule can have 400 phrases at most. These are 401. Make a second rule.",
        ),
        ({"phrases": "[" * 200_000}, "phrases", "This can have 40,000 characters at most. It has 200000."),
    ],
)
def test_what_will_not_do_is_refused_at_its_field(client, page, values, field, sentence):
    response = send(client, None, **values)
    found = {name: list(told) for name, told in response.context["form"].errors.items()}
    assert (response.status_code, found, RiskRule.objects.count()) == (422, {field: [sentence]}, 2)
    assert response.context["form"]["phrases"].value() == (NEW | values)["phrases"]


@pytest.mark.parametrize("name", ["label", "phrases", "text"])
def test_characters_that_no_text_has_get_a_sentence(client, page, name):
    assert (send(client, None, **{name: "a\0b"}).status_code, RiskRule.objects.count()) == (422, 2)


@pytest.mark.parametrize("step", ["try", "save"])
@pytest.mark.parametrize("label", ["\u200b", "\u2060", "\u0958" * 61])
def test_a_label_that_cannot_be_seen_or_grows_as_it_is_kept_gets_a_sentence(client, page, label, step):
    response = client.post(f"{LIST}new/", NEW | {"label": label, "step": step, "text": TEXT})
    assert (response.status_code, response.context["form"].errors) == (
        422,
        {"label": ["Say in up to 120 characters what these phrases mean."]},
    )


@pytest.mark.parametrize("text", ["", "a\0b", "x" * 200_000])
def test_what_cannot_be_tried_gets_a_sentence(client, page, text):
    assert client.post(f"{LIST}try/", {"text": text}).status_code == 422


def test_a_red_phrase_goes_only_by_a_second_press_that_names_it(client, page, red):
    response = send(client, red, phrases="tonight it ends")
    assert (response.status_code, len(phrases(red))) == (200, 2)
    assert response.context["gone"] == ["zanzibar plan"]
    assert shown(response).count("zanzibar plan") == 1
    assert send(client, red, phrases="tonight it ends", sure=response.context["sure"])["Location"] == LIST
    assert phrases(red) == ["tonight it ends"]
    assert facts(red) == [("risk rule changed", {"new": 0, "gone": 1, "level": "red", "language": "en"})]


def test_a_second_press_for_one_phrase_takes_no_other(client, page, red):
    sure = send(client, red, phrases="tonight it ends").context["sure"]
    response = send(client, red, phrases="something else", sure=sure)
    assert (response.status_code, response.context["gone"]) == (200, ["zanzibar plan", "tonight it ends"])
    assert phrases(red) == ["zanzibar plan", "tonight it ends"]


def test_a_rule_lowered_to_amber_needs_the_second_press_too(client, page, red):
    RiskRule.objects.create(label="Other", level="red", phrases=["mombasa"])
    response = send(client, red, level="amber")
    assert response.context["gone"] == ["zanzibar plan", "tonight it ends"]
    send(client, red, level="amber", sure=response.context["sure"])
    assert raising.level_of(TEXT).level == "amber"


def test_an_amber_phrase_goes_at_once(client, page, amber):
    assert send(client, amber, phrases="aches")["Location"] == LIST
    assert phrases(amber) == ["aches"]


def test_raising_a_rule_needs_no_second_press(client, page, amber):
    assert send(client, amber, level="red")["Location"] == LIST


@pytest.mark.parametrize("values", [{"level": "amber"}, {"language": "nl"}])
def test_the_last_red_rule_of_a_language_stays_and_it_is_said_what_would_be(client, page, red, values):
    sure = risk.sure_of(red.phrases)
    response = send(client, red, sure=sure, **values)
    sentence = (
        "There would be no red phrase in English any more: somebody in danger who writes in English would wait like "
        "everybody else. Keep one red rule."
    )
    assert (response.status_code, response.context["form"].non_field_errors()) == (422, [sentence])
    assert RiskRule.objects.get(pk=red.pk).level == "red"


def test_the_last_red_rule_is_not_deleted(client, page, red):
    page_ = client.get(f"{LIST}{red.pk}/delete/")
    sent = {name: page_.context[name] for name in ("seen", "sure")}
    response = client.post(f"{LIST}{red.pk}/delete/", sent)
    assert (response.status_code, RiskRule.objects.count()) == (422, 2)


def test_an_offered_language_has_to_keep_one_as_well(page, tom, red, now, dutch_offered):
    dutch = RiskRule.objects.create(label="Plan", level="red", language="nl", phrases=["vanavond"])
    with pytest.raises(Refused, match="no red phrase in Dutch any more"):
        risk.delete(rule=dutch, seen=risk.seen(dutch), sure=risk.sure_of(["vanavond"]), by=tom, now=now)


def test_of_two_who_delete_the_last_two_one_is_refused(page, tom, red, now):
    other = RiskRule.objects.create(label="Other", level="red", phrases=["mombasa"])

    def delete(row):
        risk.delete(rule=row, seen=risk.seen(row), sure=risk.sure_of(row.phrases), by=tom, now=now)

    with (
        before("SELECT", "intake_riskrule", lambda: delete(other)),
        pytest.raises(Refused, match="no red phrase in English"),
    ):
        delete(red)


def test_deleting_names_what_goes_and_is_a_second_press(client, page, red):
    RiskRule.objects.create(label="Other", level="red", phrases=["mombasa"])
    seen = client.get(f"{LIST}{red.pk}/delete/")
    assert shown(seen).count("zanzibar plan tonight it ends") == 1
    assert client.post(f"{LIST}{red.pk}/delete/", {"seen": seen.context["seen"]}).status_code == 422
    sent = {name: seen.context[name] for name in ("seen", "sure")}
    assert client.post(f"{LIST}{red.pk}/delete/", sent)["Location"] == LIST
    assert facts(red)[-1] == ("risk rule deleted", {"new": 0, "gone": 2, "level": "red", "language": "en"})
    assert raising.level_of(TEXT).level == "green"


def test_of_two_managers_the_second_sees_what_the_first_saved(client, page, tom, amber, now):
    old = risk.seen(amber)
    values = {"label": "First", "level": "amber", "language": "en", "phrases": ["first one"]}
    risk.save(rule=amber, **values, seen=old, by=tom, now=now)
    response = send(client, amber, phrases="second one", seen=old)
    assert (response.status_code, phrases(amber)) == (409, ["first one"])
    assert shown(response).count("First: raises to amber, 1 phrases.") == 1
    form = response.context["form"]
    assert (form["phrases"].value(), form["seen"].value()) == (
        "second one",
        risk.seen(RiskRule.objects.get(pk=amber.pk)),
    )


def test_one_that_is_gone_is_said(page, tom, amber, now):
    seen = risk.seen(amber)
    RiskRule.objects.filter(pk=amber.pk).delete()
    with pytest.raises(Stale, match="not there any more"):
        risk.delete(rule=amber, seen=seen, by=tom, now=now)


def test_addresses_of_nothing_are_no_pages(client, page, red):
    assert [client.get(f"{LIST}{pk}/").status_code for pk in (999_999, 2**70)] == [404, 404]
    assert client.get(f"{LIST}try/").status_code == 405


def test_only_a_manager_may(client, page, red, now):
    other = SupervisorFactory()
    with pytest.raises(Refused, match=r"Only a manager can do this\."):
        risk.delete(rule=red, seen=risk.seen(red), by=other, now=now)
    client.force_login(other)
    paths = (LIST, f"{LIST}new/", f"{LIST}{red.pk}/", f"{LIST}{red.pk}/delete/")
    assert [client.get(path).status_code for path in paths] == [403] * 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(client, tom, clock, count, django_assert_num_queries):
    client.get(LIST)
    for number in range(count):
        RiskRule.objects.create(label=f"Rule {number}", level="red", phrases=["mombasa"])
    with django_assert_num_queries(3):
        client.get(LIST)
