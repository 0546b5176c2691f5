"""The manager's pages of the partners: made, ended and taken up again, with their rules, look and keys."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.template.defaultfilters import force_escape
from django.test import Client

from advisors import sweeping
from advisors.managing import once, partners
from advisors.managing.models import ShownOnce
from askpeer import history, rotating
from askpeer.errors import Refused
from questions.models import Question, Signpost
from questions.partners import hooks, keys, looks
from questions.partners.models import Hook, Partner, PartnerKey
from questions.publication.models import Publication
from tests.advisors.managing.reading import shown
from tests.factories import ManagerFactory, SupervisorFactory, make_question
from tests.interleaving import before
from tests.questions.publication import shelf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tom", "clock", "calendar")]
HOME = "/manage/partners/"
NEW = {"name": "Harbour Youth", "kind": "portal", "slug": ""}
RULES = {"labels": "clean", "ages": ["13-15", "16-17"], "requests_a_minute": "60"}
SECRET = r"ap_[A-Za-z0-9_-]{43}"


@pytest.fixture
def school(db):
    return Partner.objects.create(name="Hill School", slug="hill", kind=Partner.Kind.SCHOOL)


def problems(response):
    return [sentence for sentences in response.context["form"].errors.values() for sentence in sentences]


def trail(partner):
    return [(entry.kind, entry.actor) for entry in history.of(f"partner:{partner.pk}")]


def seen(client, path):
    return {"seen": client.get(path).context["form"]["seen"].value()}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_partner_and_for_three(client, now, count, django_assert_num_queries):
    for number in range(count):
        one = Partner.objects.create(name=f"Partner {number}", slug=f"p{number}")
        keys.issue(partner=one, scopes=["ask"], now=now)
        hooks.add(partner=one, url="https://hooks.example.org/", now=now)
    client.get(HOME)
    with django_assert_num_queries(3):
        assert len(client.get(HOME).context["rows"]) == count


def test_the_list_says_what_each_has_and_what_is_the_matter(client, now, partner, school):
    for scope in ("ask", "read"):
        keys.issue(partner=partner, scopes=[scope], now=now)
    keys.revoke(key=partner.keys.all()[0], now=now)
    for path in "abc":
        hooks.add(partner=partner, url=f"https://hooks.example.org/{path}", now=now)
    first, second, third = partner.hooks.all()
    Hook.objects.filter(pk=first.pk).update(paused_at=now)
    Hook.objects.filter(pk=second.pk).update(rests_until=now + timedelta(seconds=20))
    Hook.objects.filter(pk=third.pk).update(silent_since=now - timedelta(hours=1))
    Partner.objects.filter(pk=school.pk).update(active=False)
    said = shown(client.get(HOME))
    assert "Harbour Youth A site for young people 1 live key, 3 webhooks, 1 paused , 1 silent , 1 rests" in said
    assert "Hill School A school, has ended No key and no webhook would work again" in said
    Hook.objects.filter(pk=third.pk).update(rests_until=now + timedelta(seconds=20))
    assert "1 paused , 1 silent , 1 rests" in shown(client.get(HOME))


def test_what_an_ended_partner_has_is_said_to_have_stopped(client, now, partner):
    for scope in ("ask", "read"):
        keys.issue(partner=partner, scopes=[scope], now=now)
    hooks.add(partner=partner, url="https://hooks.example.org/", now=now)
    Hook.objects.update(paused_at=now)
    Partner.objects.update(active=False)
    said = shown(client.get(HOME))
    assert "has ended 2 keys and 1 webhook, stopped" in said
    assert ("live key" in said, "paused" in said) == (False, False)


def test_an_ended_partner_has_nothing_to_paste_or_to_copy_until_it_is_taken_up_again(client, partner, page):
    make_key(client, page)
    words = ("For its pages", "Change look and places", "You made something that you have not copied yet.")
    assert [one in shown(client.get(page)) for one in words] == [True] * 3
    client.post(f"{page}end/")
    assert [one in shown(client.get(page)) for one in words] == [False] * 3
    client.post(f"{page}take-up/")
    assert [one in shown(client.get(page)) for one in words] == [True] * 3


def test_what_a_partner_pastes_can_be_copied_as_its_keys_can(client, partner, page):
    html = client.get(page).content.decode()
    pasted = re.findall(r'<code class="id" id="(html-\d)" translate="no">(.*?)</code>', html)
    assert [text for _, text in pasted] == [force_escape(snippet.html) for snippet in looks.snippets(partner)]
    assert re.findall(r'data-copy="#(html-\d)"', html) == [place for place, _ in pasted] == ["html-1", "html-2"]


def test_a_new_partner_gets_its_short_name_from_its_name(client):
    response = client.post(f"{HOME}new/", NEW | {"name": "  Harbour  Youth & Café "})
    made = Partner.objects.get()
    assert response["Location"] == f"{HOME}{made.pk}/"
    assert (made.name, made.slug, made.kind, made.active) == (
        "Harbour Youth & Café",
        "harbour-youth-cafe",
        "portal",
        True,
    )
    assert [kind for kind, _ in trail(made)] == ["made"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Give the partner a name."),
        ({"name": "x" * 81}, "This can have 80 characters at most. It has 81."),
        ({"kind": ""}, "Choose what it is."),
        ({"kind": "shop"}, "Choose what it is from the list."),
        ({"name": "hill SCHOOL"}, "There is a partner called hill SCHOOL already."),
        ({"slug": "hill"}, "Another partner has the short name hill. Choose a different one."),
        ({"slug": "Hill 2"}, "Give it a short name for addresses: up to 40 small letters, numbers and hyphens."),
        ({"name": "学校"}, "Give it a short name for addresses: up to 40 small letters, numbers and hyphens."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(client, school, wrong, sentence):
    sent = NEW | wrong
    response = client.post(f"{HOME}new/", sent)
    assert (response.status_code, problems(response), Partner.objects.count()) == (422, [sentence], 1)
    assert "There is a problem" in shown(response)
    assert [response.context["form"][name].value() for name in ("name", "slug")] == [sent["name"], sent["slug"]]


def test_of_two_who_make_the_same_short_name_at_once_one_gets_a_sentence(client, now, tom):
    def other():
        Partner.objects.create(name="Other", slug="harbour-youth")

    with before("INSERT", "partners_partner", other):
        response = client.post(f"{HOME}new/", NEW)
    assert problems(response) == ["Another partner has the short name harbour-youth. Choose a different one."]


def test_only_a_manager_makes_one(now):
    with pytest.raises(Refused, match="Only a manager"):
        partners.create(**NEW, by=SupervisorFactory(), now=now)


def test_what_ending_it_does_is_said_before_and_done(client, now, partner, page, tom):
    secret = keys.issue(partner=partner, scopes=["ask"], now=now)
    hooks.add(partner=partner, url="https://hooks.example.org/", now=now)
    for values in ({}, {"by_button": True}, {"status": "closed"}):
        make_question(partner=partner, **values)
    said = shown(client.get(f"{page}end/"))
    for one in (
        "1 live key stops working at once.",
        "1 webhook hears nothing any more.",
        "Fewer than 10 open questions came through it. What is open goes on and is answered as promised.",
        "They work on our own page: http",
    ):
        assert one in said
    assert client.post(f"{page}end/")["Location"] == page
    assert (keys.find(secret, now=now), hooks.listening(hooks.PUBLISHED).count()) == (None, 0)
    assert Question.objects.filter(partner=partner).count() == 3
    again = client.post(f"{page}end/")
    assert (again.status_code, "Harbour Youth has ended already." in shown(again)) == (409, True)
    assert client.post(f"{page}take-up/")["Location"] == page
    assert (keys.find(secret, now=now).partner, hooks.listening(hooks.PUBLISHED).count()) == (partner, 1)
    assert client.post(f"{page}take-up/").status_code == 409
    assert trail(partner) == [("ended", tom.name), ("taken up again", tom.name)]


@pytest.mark.parametrize(("count", "said"), [(0, "Fewer than 10"), (9, "Fewer than 10"), (10, "10")])
def test_few_open_questions_are_not_counted(client, partner, page, count, said):
    for _ in range(count):
        make_question(partner=partner)
    assert f"{said} open questions came through it." in shown(client.get(f"{page}end/"))


def test_no_open_case_about_staff_is_counted_where_a_partner_ends(client, now, partner, page):
    for number in range(10):
        make_question(now=now, partner=partner, about_staff=number == 0)
    assert "Fewer than 10 open questions came through it." in shown(client.get(f"{page}end/"))


def test_an_ended_partner_gets_no_key_and_no_webhook(client, partner, page):
    Partner.objects.update(active=False)
    said = shown(client.get(page))
    assert "This partner has ended" in said
    assert [words in said for words in ("Make a key", "Add a webhook", "See what ending it does")] == [False] * 3
    ended = "This partner has ended. Take it up again first."
    key = client.post(f"{page}keys/", seen(client, f"{page}keys/") | {"scopes": ["ask"]})
    hook = client.post(f"{page}webhooks/", {"url": "https://hooks.example.org/"})
    assert (problems(key), problems(hook)) == ([ended], [ended])
    assert (PartnerKey.objects.count(), Hook.objects.count()) == (0, 0)


def test_rules_are_set_and_read(client, partner, page, tom):
    signpost = Signpost.objects.create(slug="harbour", name="Harbour Listening", summary="They listen.")
    path = f"{page}rules/"
    response = client.post(path, RULES | seen(client, path) | {"signposts": [signpost.pk]}, follow=True)
    assert (
        "Topics under clean labels, where a topic has one Ages 13 to 15, 16 to 17 Services Harbour Listening "
        "Requests 60 a minute at most"
    ) in shown(response)
    partner.refresh_from_db()
    assert (partner.clean_labels, partner.ages, partner.requests_a_minute) == (True, ["13-15", "16-17"], 60)
    assert list(partner.signposts.all()) == [signpost]
    assert [actor for _, actor in trail(partner)] == [tom.name]


def test_every_age_is_no_limit(client, partner, page):
    path = f"{page}rules/"
    form = client.get(path).context["form"]
    assert form["ages"].value() == ["11-12", "13-15", "16-17", "18-21", "22-25"]
    client.post(path, RULES | seen(client, path) | {"ages": form["ages"].value()})
    assert Partner.objects.get().ages == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ages": []}, "Choose one age at least."),
        ({"ages": ["under-11"]}, "Choose ages from the list."),
        ({"labels": ""}, "Choose how topics are named."),
        ({"signposts": ["999"]}, "Choose services from the list."),
        ({"signposts": [str(2**63)]}, "Choose services from the list."),
        ({"requests_a_minute": "many"}, "Write how many requests a minute, as a number."),
        ({"requests_a_minute": "0"}, "Write how many requests a minute, as a number."),
        ({"seen": ""}, "Look at how it stands now, then try again."),
    ],
)
def test_rules_that_cannot_be_are_said_and_nothing_changes(client, partner, page, wrong, sentence):
    path = f"{page}rules/"
    response = client.post(path, RULES | seen(client, path) | wrong)
    assert (response.status_code, problems(response)) == (422, [sentence])
    assert (Partner.objects.get().requests_a_minute, trail(partner)) == (300, [])


def test_more_requests_than_we_allow_is_refused(client, page):
    path = f"{page}rules/"
    response = client.post(path, RULES | seen(client, path) | {"requests_a_minute": "6001"})
    assert (response.status_code, len(problems(response))) == (422, 1)
    assert Partner.objects.get().requests_a_minute == 300


def test_of_two_managers_the_second_sees_both_and_overwrites_nothing_unseen(client, page):
    path = f"{page}rules/"
    old = seen(client, path)
    client.post(path, RULES | old)
    mine = RULES | {"requests_a_minute": "90"}
    response = client.post(path, mine | old)
    assert (response.status_code, problems(response)) == (409, [partners.CHANGED])
    assert "The rules as they are now Topics under clean labels" in shown(response)
    assert Partner.objects.get().requests_a_minute == 60
    assert response.context["form"]["requests_a_minute"].value() == "90"
    client.post(path, mine | {"seen": response.context["form"]["seen"].value()})
    assert Partner.objects.get().requests_a_minute == 90


def test_save_pressed_twice_saves_once_and_says_so(client, partner, page):
    for path, sent in ((f"{page}rules/", RULES), (f"{page}look/", {"origins": "", "colour": "#0b5d5b"})):
        old = seen(client, path)
        assert [client.post(path, sent | old)["Location"] for _ in range(2)] == [page, page]
    assert len(trail(partner)) == 2


def test_what_is_written_another_way_is_saved_twice_as_well(client, partner, page):
    look = {"origins": "https://WWW.example.org/\r\nhttps://www.example.org:443", "colour": "#0B5D5B"}
    for path, sent in ((f"{page}look/", look), (f"{page}rules/", RULES | {"ages": ["16-17", "13-15"]})):
        old = seen(client, path)
        assert [client.post(path, sent | old).status_code for _ in range(2)] == [302, 302]
    assert (len(trail(partner)), Partner.objects.get().origins) == (2, ["https://www.example.org"])


def test_more_than_a_place_is_refused_where_the_place_stands_already(client, page):
    path = f"{page}look/"
    client.post(path, {"origins": "https://www.example.org"} | seen(client, path))
    for line in ("https://www.example.org/ask", "https://www.example.org?ask"):
        response = client.post(path, {"origins": line} | seen(client, path))
        assert (response.status_code, problems(response)) == (422, [looks.NOT_AN_ORIGIN + line])


def test_look_and_places_are_set_a_place_a_line(client, partner, page, tom):
    path = f"{page}look/"
    sent = {"origins": "https://www.harbour.example\r\n\r\n https://harbour.example ", "colour": "#0b5d5b"}
    old = seen(client, path)
    assert client.post(path, sent | old)["Location"] == page
    found = Partner.objects.get()
    assert (found.origins, found.colour) == (["https://www.harbour.example", "https://harbour.example"], "#0b5d5b")
    assert [actor for _, actor in trail(partner)] == [tom.name]
    second = client.post(path, {"origins": "", "colour": ""} | old)
    assert (second.status_code, Partner.objects.get().colour) == (409, "#0b5d5b")


@pytest.mark.parametrize(
    "wrong", [{"colour": "red"}, {"colour": "#0b5d5b5"}, {"origins": "harbour.example"}, {"origins": "x" * 2001}]
)
def test_a_look_that_cannot_be_is_said_and_kept(client, page, wrong):
    path = f"{page}look/"
    sent = {"origins": "https://www.harbour.example", "colour": ""} | wrong
    response = client.post(path, sent | seen(client, path))
    assert (response.status_code, len(problems(response))) == (422, 1)
    assert {name: response.context["form"][name].value() for name in sent} == sent
    assert Partner.objects.get().origins == []


def make_key(client, page, **sent):
    path = f"{page}keys/"
    return client.post(path, seen(client, path) | {"scopes": ["ask", "read"]} | sent)


def copy(client, page):
    """Press "I have copied it" on the page that shows what was made."""
    rows = [str(row.pk) for row in client.get(f"{page}once/").context["rows"]]
    return client.post(f"{page}once/", {"row": rows})


def test_a_key_is_shown_until_it_is_copied_and_never_again(client, now, partner, page, tom):
    assert make_key(client, page)["Location"] == f"{page}once/"
    first = client.get(f"{page}once/")
    (secret,) = re.findall(SECRET, first.content.decode())
    assert keys.find(secret, now=now).partner == partner
    assert first["Cache-Control"] == "no-store"
    assert "The key of 16 November 2026, 11:00: ask, read" in shown(first)
    assert re.findall(SECRET, client.get(f"{page}once/").content.decode()) == [secret]
    assert copy(client, page)["Location"] == page
    reloaded = client.get(f"{page}once/")
    assert "It is gone" in shown(reloaded)
    for response in (reloaded, client.get(page), client.get(f"{page}keys/")):
        assert secret not in response.content.decode()
    assert (PartnerKey.objects.count(), trail(partner)) == (1, [("key made", tom.name)])
    assert secret not in str([entry.facts for entry in history.of(f"partner:{partner.pk}")])


def test_the_secret_stands_in_no_session_and_no_cookie_and_sealed_in_its_row(client, page):
    make_key(client, page)
    (secret,) = re.findall(SECRET, client.get(f"{page}once/").content.decode())
    assert secret not in str(client.session.items())
    assert not any(secret in morsel.value for morsel in client.cookies.values())
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM managing_shownonce")
        ((sealed,),) = cursor.fetchall()
    assert secret.encode() not in bytes(sealed)


def test_a_tab_that_copied_an_older_secret_leaves_a_newer_one(client, page):
    make_key(client, page)
    (first,) = client.get(f"{page}once/").context["rows"]
    make_key(client, page)
    client.post(f"{page}once/", {"row": [str(first.pk), "no id"]})
    (left,) = client.get(f"{page}once/").context["rows"]
    assert left.pk != first.pk


def test_nobody_else_is_shown_it_nor_can_forget_it(client, page):
    make_key(client, page)
    (row,) = client.get(f"{page}once/").context["rows"]
    other = Client()
    other.force_login(ManagerFactory(alias="Nora"))
    assert "It is gone" in shown(other.get(f"{page}once/"))
    other.post(f"{page}once/", {"row": str(row.pk)})
    assert list(client.get(f"{page}once/").context["rows"]) == [row]


def test_it_is_shown_for_fifteen_minutes_and_then_purged(client, now, page, clock):
    make_key(client, page)
    clock.shift(once.KEPT - timedelta(seconds=1))
    assert len(client.get(f"{page}once/").context["rows"]) == 1
    sweeping.purge(now=now + once.KEPT - timedelta(seconds=1))
    assert ShownOnce.objects.count() == 1
    clock.shift(timedelta(seconds=1))
    assert "It is gone" in shown(client.get(f"{page}once/"))
    sweeping.purge(now=now + once.KEPT)
    assert ShownOnce.objects.count() == 0


def test_a_key_that_is_revoked_is_shown_no_more(client, page, partner):
    make_key(client, page)
    client.post(f"{page}keys/{partner.keys.get().pk}/revoke/")
    assert ShownOnce.objects.count() == 0


def test_a_key_is_not_made_where_its_secret_cannot_be_kept(client, page):
    sent = seen(client, f"{page}keys/") | {"scopes": ["ask"]}
    with before("INSERT", "managing_shownonce", _die), pytest.raises(Killed):
        client.post(f"{page}keys/", sent)
    assert (PartnerKey.objects.count(), ShownOnce.objects.count()) == (0, 0)


class Killed(BaseException):
    """What ends a process in the middle of its work."""


def _die():
    raise Killed


def test_of_two_tabs_that_make_a_key_at_once_both_come_to_the_one_there_is(client, page, clock):
    sent = seen(client, f"{page}keys/") | {"scopes": ["ask"]}
    clock.shift(timedelta(seconds=61))
    other, answers = Client(), []
    other.cookies = client.cookies.copy()
    with before("SELECT", "partners_partner", lambda: answers.append(other.post(f"{page}keys/", sent))):
        answers.append(client.post(f"{page}keys/", sent))
    assert [answer["Location"] for answer in answers] == [f"{page}once/"] * 2
    (secret,) = re.findall(SECRET, client.get(f"{page}once/").content.decode())
    assert keys.digest(secret) == bytes(PartnerKey.objects.get().digest)


def test_a_kept_secret_opens_under_the_next_key_encryption_key(client, page, settings):
    make_key(client, page)
    (secret,) = re.findall(SECRET, client.get(f"{page}once/").content.decode())
    settings.KEKS = {"second": b"2" * 32, **settings.KEKS}
    assert rotating.rotate()["managing_shownonce"] == 1
    settings.KEKS = {"second": b"2" * 32}
    assert ShownOnce.objects.get().secret == secret


def test_what_another_partner_was_given_waits_for_its_own_page(client, page, school):
    make_key(client, page)
    other = client.get(f"{HOME}{school.pk}/once/")
    assert (re.findall(SECRET, other.content.decode()), "It is gone" in shown(other)) == ([], True)
    assert len(re.findall(SECRET, client.get(f"{page}once/").content.decode())) == 1


def test_make_the_key_pressed_twice_makes_one_and_shows_it(client, page):
    old = seen(client, f"{page}keys/")
    answers = [client.post(f"{page}keys/", old | {"scopes": ["ask"]}) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [f"{page}once/"] * 2
    assert PartnerKey.objects.count() == 1
    other = client.post(f"{page}keys/", old | {"scopes": ["ask", "read"]})
    assert (other.status_code, PartnerKey.objects.get().scopes) == (409, ["ask"])
    copy(client, page)
    late = client.post(f"{page}keys/", old | {"scopes": ["ask"]})
    assert (late.status_code, PartnerKey.objects.count()) == (409, 1)
    assert problems(late) == ["A key was made a moment ago. Look at the keys as they are now before you make another."]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scopes": []}, "Choose one thing at least."),
        ({"scopes": ["write"]}, "Choose from the list."),
        ({"last_day": "2026-11-15"}, "That day is over. Choose a later one, or leave it empty."),
        ({"last_day": "9999-12-31"}, "A key can last ten years at most. Leave it empty for one without an end."),
        ({"last_day": "soon"}, "Write the day like 2027-02-28."),
    ],
)
def test_a_key_that_cannot_be_is_not_made(client, page, wrong, sentence):
    response = make_key(client, page, **wrong)
    assert (response.status_code, problems(response), PartnerKey.objects.count()) == (422, [sentence], 0)


@pytest.mark.parametrize(("day", "over"), [("2026-11-16", 16), ("2026-11-30", 30)])
def test_a_key_works_to_the_end_of_its_last_day_in_the_services_zone(client, page, day, over):
    make_key(client, page, last_day=day)
    assert PartnerKey.objects.get().expires_at == datetime(2026, 11, over, tzinfo=UTC) + timedelta(days=1)


def test_a_school_is_offered_the_library_alone(client, school):
    page = f"{HOME}{school.pk}/"
    form = client.get(f"{page}keys/").context["form"]
    assert [value for value, _ in form.fields["scopes"].choices] == ["publish"]
    assert problems(make_key(client, page, scopes=["ask"])) == ["Choose from the list."]
    make_key(client, page, scopes=["publish"])
    said = shown(client.get(page))
    assert "A school gets the library alone: it can ask and read for nobody." in said
    assert "We tell a school when an answer comes into the library or leaves it, and nothing of any question." in said


def test_with_two_live_keys_no_third_is_offered_until_one_is_revoked(client, page, partner, tom):
    for _ in range(2):
        make_key(client, page)
    assert "It has 2 live keys. Revoke one before you make another." in shown(client.get(page))
    assert problems(make_key(client, page)) == ["A partner can have 2 live keys at most. Revoke one first."]
    revoke = f"{page}keys/{partner.keys.all()[0].pk}/revoke/"
    assert "It never works again" in shown(client.get(revoke))
    assert client.post(revoke)["Location"] == page
    again = client.post(revoke)
    assert (again.status_code, "This key was revoked already." in shown(again)) == (409, True)
    assert make_key(client, page)["Location"] == f"{page}once/"
    assert [kind for kind, _ in trail(partner)] == ["key made", "key made", "key revoked", "key made"]


def test_a_key_in_anothers_address_is_not_found(client, now, partner, school):
    keys.issue(partner=partner, scopes=["ask"], now=now)
    path = f"{HOME}{school.pk}/keys/{partner.keys.get().pk}/revoke/"
    assert [client.get(path).status_code, client.post(path).status_code] == [404, 404]
    assert partner.keys.get().revoked_at is None


def test_a_key_says_when_it_was_made_used_and_how_it_ended_and_no_digest(client, now, partner, page):
    for _ in range(2):
        secret = keys.issue(partner=partner, scopes=["ask"], now=now, expires=now + timedelta(days=1))
        keys.find(secret, now=now)
    gone = partner.keys.all()[0]
    keys.revoke(key=gone, now=now)
    response = client.get(page)
    said = shown(response)
    assert (
        "Made on 16 November 2026, 11:00. Works until 17 November 2026, 11:00. Last used on 16 November 2026." in said
    )
    assert "Made on 16 November 2026, 11:00. Revoked on 16 November 2026, 11:00. Last used on 16 November 2026." in said
    assert bytes(gone.digest).hex() not in response.content.decode()


@pytest.mark.parametrize(("count", "said"), [(0, "Fewer than 10"), (9, "Fewer than 10"), (10, "10")])
def test_few_published_answers_are_not_counted_and_none_is_named(client, partner, page, count, said):
    publication = shelf.published(partner=partner) if count else None
    _copy(publication, count - 1)
    response = client.get(page)
    assert f"{said} answers in the library came from questions that were asked through it." in shown(response)
    assert [word for word in ("eat", "everybody") if word in shown(response)] == []


def _copy(publication, count):
    """That many more like it in the library."""
    for number in range(count):
        publication.pk, publication._state.adding = None, True
        publication.id, publication.wrapped_key, publication.slug = None, None, f"copy-{number}"
        publication.__dict__.pop("_key", None)
        publication.id = Publication._meta.pk.get_default()
        publication.save(force_insert=True)


@pytest.mark.parametrize("count", [1, 3])
def test_a_partners_page_costs_the_same_with_one_webhook_and_with_three(
    client, now, partner, page, count, django_assert_num_queries
):
    for number in range(count):
        hooks.add(partner=partner, url=f"https://hooks.example.org/{number}", now=now)
    client.get(page)
    with django_assert_num_queries(11):  # two of them ask what was delivered, of all webhooks at once
        client.get(page)
