"""The manager's pages of a partner's webhooks: added, looked into, given a new secret, resumed, removed."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from advisors.managing import once
from askpeer import history, ledger, outbox, webhook
from askpeer.models import OutboxRow
from questions.partners import ending, hooks
from questions.partners.models import Hook, Partner
from tests.advisors.managing.reading import shown
from tests.factories import make_question
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tom", "clock", "calendar")]
URL = "https://hooks.example.org/in?token=ours"
SECRET = r"whsec_[A-Za-z0-9+/]{43}="


@pytest.fixture
def hook(partner, now):
    hooks.add(partner=partner, url=URL, now=now)
    return Hook.objects.get()


@pytest.fixture
def path(page, hook):
    return f"{page}webhooks/{hook.pk}/"


def trail(partner):
    return [kind for kind, _ in _entries(partner)]


def _entries(partner):
    return [(entry.kind, entry.facts) for entry in history.of(f"partner:{partner.pk}")]


def seen(moment):
    """What a button sends of the moment that its page showed."""
    return {"seen": moment.isoformat() if moment else ""}


def marked():
    """What "Change the secret" sends of the secret that its page was made from."""
    return {"seen": hooks.mark(Hook.objects.get())}


def copy(client, page):
    """Press "I have copied it" on the page that shows what was made."""
    rows = [str(row.pk) for row in client.get(f"{page}once/").context["rows"]]
    client.post(f"{page}once/", {"row": rows})


def secrets_on(response):
    return re.findall(SECRET, response.content.decode())


def tell(partner, now, status="open"):
    question = make_question(partner=partner)
    question.status, question.version = status, 2
    hooks.status_changed(question, now=now)
    return question


def delivered(partner, now):
    tell(partner, now)
    OutboxRow.objects.update(state="sent", settled_at=now, attempts=1)
    return OutboxRow.objects.get()


def test_a_webhook_is_added_and_its_secret_shown_until_it_is_copied(client, partner, page):
    response = client.post(f"{page}webhooks/", {"url": URL}, follow=True)
    assert response.redirect_chain == [(f"{page}once/", 302)]
    assert secrets_on(response) == [Hook.objects.get().secret]
    assert f"The secret of the webhook at {URL}" in shown(response)
    copy(client, page)
    assert secrets_on(client.get(f"{page}once/")) == []
    assert secrets_on(client.get(f"{page}webhooks/{Hook.objects.get().pk}/")) == []
    assert f"{URL} , since 16 November 2026: nothing delivered yet" in shown(client.get(page))
    assert trail(partner) == ["webhook added"]
    assert "whsec_" not in str(_entries(partner))


def test_add_it_pressed_twice_adds_one_and_shows_its_secret(client, page):
    answers = [client.post(f"{page}webhooks/", {"url": URL}) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [f"{page}once/"] * 2
    assert secrets_on(client.get(f"{page}once/")) == [Hook.objects.get().secret]


@pytest.mark.parametrize("url", ["http://mistyped.example/", ""])
def test_what_is_wrong_is_said_while_a_secret_waits(client, page, url):
    client.post(f"{page}webhooks/", {"url": URL})
    response = client.post(f"{page}webhooks/", {"url": url})
    assert (response.status_code, "There is a problem" in shown(response)) == (422, True)


def test_a_change_from_an_older_page_is_said_while_a_key_waits(client, page, hook, path):
    form = client.get(f"{page}keys/").context["form"]
    client.post(f"{page}keys/", {"seen": form["seen"].value(), "scopes": ["ask"]})
    response = client.post(f"{path}secret/", {"seen": "older"})
    assert (response.status_code, hooks.CHANGED in shown(response)) == (409, True)


def test_an_added_webhook_of_a_partner_that_ended_is_refused_while_its_secret_waits(client, page):
    client.post(f"{page}webhooks/", {"url": URL})
    client.post(f"{page}end/")
    assert client.post(f"{page}webhooks/", {"url": URL}).status_code == 422


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Write the address."),
        ("http://hooks.example.org/", "The address has to begin with https:// and have no part after #."),
        ("https://2130706433/", "The host has to be a full name, such as hooks.example.org, or a public IP address."),
        (f"https://hooks.example.org/{'a' * 400}", "This can have 400 characters at most. It has 426."),
        (URL, "This partner has a webhook at this address already. Remove it first for a new secret."),
    ],
)
def test_an_address_that_cannot_be_is_said_and_kept(client, page, hook, url, sentence):
    response = client.post(f"{page}webhooks/", {"url": url})
    form = response.context["form"]
    assert (response.status_code, [*form.errors.values()], form["url"].value()) == (422, [[sentence]], url)
    assert "There is a problem" in shown(response)
    assert Hook.objects.count() == 1


def test_a_webhook_works_once_something_was_delivered_to_it(client, partner, hook, page, path, now):
    told_later = "https://hooks.example.org/later"
    tell(partner, now)
    hooks.add(partner=partner, url=told_later, now=now + timedelta(seconds=1))
    assert "Since 16 November 2026: nothing delivered yet Secret" in shown(client.get(path))
    OutboxRow.objects.update(state="sent", settled_at=now, attempts=1)
    assert "Since 16 November 2026: works Secret" in shown(client.get(path))
    said = shown(client.get(page))
    assert f"{URL} , since 16 November 2026: works" in said
    assert f"{told_later} , since 16 November 2026: nothing delivered yet" in said


def test_of_an_old_webhook_what_was_delivered_is_known_as_long_as_it_is_kept(client, hook, path, now):
    Hook.objects.update(since=now - timedelta(days=40))
    assert "Since 7 October 2026: nothing delivered in the last 30 days Secret" in shown(client.get(path))


def test_its_state_is_said_in_words(client, partner, hook, path, now):
    delivered(partner, now)
    states = [
        ({}, "Since 16 November 2026: works Secret"),
        ({"paused_at": now}, "paused since 16 November 2026, 11:00"),
        ({"rests_until": now + timedelta(seconds=20)}, "rests until 11:00:20: no quick answer there a moment ago"),
        (
            {"rests_until": now + timedelta(seconds=20), "silent_since": now - timedelta(hours=1)},
            "rests until 11:00:20: nothing has answered there since 16 November 2026, 10:00",
        ),
        ({"silent_since": now - timedelta(hours=1)}, "silent since 16 November 2026, 10:00"),
    ]
    nothing = {"paused_at": None, "rests_until": None, "silent_since": None}
    for values, said in states:
        Hook.objects.update(**nothing | values)
        assert said in shown(client.get(path))
    Partner.objects.update(active=False)
    assert "hears nothing: the partner has ended" in shown(client.get(path))


def test_the_log_says_what_state_tries_reason_and_next_try_and_the_id_that_is_sent(client, partner, hook, path, now):
    for status in ("open", "in_progress", "answered"):
        tell(partner, now, status)
    first, second, third = OutboxRow.objects.order_by("pk")
    OutboxRow.objects.filter(pk=first.pk).update(state="sent", settled_at=now, attempts=1)
    OutboxRow.objects.filter(pk=second.pk).update(
        state="dead", settled_at=now + timedelta(days=3), attempts=12, error="Answered 500"
    )
    OutboxRow.objects.filter(pk=third.pk).update(
        due_at=now + timedelta(seconds=30), attempts=1, error="ConnectionRefusedError"
    )
    response = client.get(path)
    said = shown(response)
    ids = [webhook.identity(outbox.name_of(row)) for row in (third, second, first)]
    for row in (
        (
            f"question.status_changed answered {ids[0]} waiting 16 November, 11:00:00 1 nothing answers there "
            "ConnectionRefusedError Tried again at 16 November, 11:00:30"
        ),
        (
            f"question.status_changed in_progress {ids[1]} given up 19 November, 11:00:00 16 November, 11:00:00 12 "
            f"it was answered with something else than success Answered 500 Send again {ids[1]}"
        ),
        (
            f"question.status_changed open {ids[2]} delivered 16 November, 11:00:00 16 November, 11:00:00 1 "
            f"Send again {ids[2]}"
        ),
    ):
        assert row in said
    assert "stands here for 30 days" in said
    text = response.content.decode()
    assert [str(row.refs["question"]) in text for row in (first, second, third)] == [False] * 3


@pytest.mark.parametrize("count", [1, 50])
def test_the_log_costs_the_same_for_one_event_and_for_fifty(
    client, partner, hook, path, now, count, django_assert_num_queries
):
    question = tell(partner, now)
    for version in range(3, count + 2):
        question.version = version
        hooks.status_changed(question, now=now)
    client.get(path)
    # The session and who it is, the webhook, its events; of all its partner's which there are, and what was delivered.
    with django_assert_num_queries(6):
        assert len(client.get(path).context["rows"]) == count


def test_older_events_stand_on_the_next_page(client, partner, hook, path, now):
    question = tell(partner, now)
    for version in range(3, 53):
        question.version = version
        hooks.status_changed(question, now=now)
    first = client.get(path)
    second = client.get(path + first.context["next_url"])
    assert [len(page.context["rows"]) for page in (first, second)] == [50, 1]
    assert client.get(f"{path}?before=x").status_code == 200


def test_the_secret_is_changed_and_the_new_one_shown_once(client, partner, page, hook, path, now):
    sent = {"seen": client.get(path).context["mark"]}
    response = client.post(f"{path}secret/", sent, follow=True)
    row = Hook.objects.get()
    assert (row.former_secret, row.former_until) == (hook.secret, now + timedelta(hours=24))
    assert secrets_on(response) == [row.secret]
    assert "The new secret and the one before it sign until 17 November 2026, 11:00." in shown(client.get(path))
    assert trail(partner) == ["secret changed"]


def test_change_the_secret_pressed_twice_changes_it_once_and_shows_it(client, page, hook, path):
    sent = marked()
    answers = [client.post(f"{path}secret/", sent) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [f"{page}once/"] * 2
    assert Hook.objects.get().former_secret == hook.secret
    assert secrets_on(client.get(f"{page}once/")) == [Hook.objects.get().secret]


def test_whoever_changes_it_from_an_older_page_is_told(client, hook, path, now):
    hooks.rotate(hook=Hook.objects.get(), now=now)
    kept = Hook.objects.get().secret
    for act in ("secret", "former"):
        response = client.post(f"{path}{act}/", {"seen": "never"})
        assert (response.status_code, hooks.CHANGED in shown(response)) == (409, True)
    assert (Hook.objects.get().secret, Hook.objects.get().former_secret) == (kept, hook.secret)


def test_a_page_from_before_a_change_and_the_end_of_the_old_secret_changes_nothing(client, page, hook, path):
    old = marked()
    client.post(f"{path}secret/", old)
    client.post(f"{path}former/", seen(Hook.objects.get().former_until))
    copy(client, page)
    kept = Hook.objects.get().secret
    assert (client.post(f"{path}secret/", old).status_code, Hook.objects.get().secret) == (409, kept)


@pytest.mark.parametrize("minutes", [1, 20], ids=["shown still", "purged"])
@pytest.mark.parametrize("is_copied", [True, False])
def test_whether_a_secret_was_handed_on_or_not_the_next_change_ends_none(
    client, page, hook, path, now, clock, minutes, is_copied
):
    client.post(f"{path}secret/", marked(), follow=True)
    second = Hook.objects.get().secret
    if is_copied:
        copy(client, page)
    clock.shift(timedelta(minutes=minutes))
    once.purge(now=timezone.now())
    answer = client.post(f"{path}secret/", marked(), follow=True)
    row = Hook.objects.get()
    assert hooks.former_secrets(row, timezone.now()) == [second, hook.secret]
    assert row.former_until == now + timedelta(hours=24, minutes=minutes)
    assert secrets_on(answer) == [row.secret]
    assert "The new secret and the two before it sign until" in shown(client.get(path))


def test_a_fifth_secret_in_a_day_is_refused_with_a_sentence(client, hook, path):
    for _ in range(3):
        client.post(f"{path}secret/", marked())
    kept = Hook.objects.get().secret
    answer = client.post(f"{path}secret/", marked())
    assert (answer.status_code, Hook.objects.get().secret) == (422, kept)
    assert "Four secrets sign already. End the old ones first, or wait until their 24 hours are over." in shown(answer)


def test_a_secret_is_not_changed_where_the_new_one_cannot_be_kept(client, hook, path):
    with before("INSERT", "managing_shownonce", _die), pytest.raises(Killed):
        client.post(f"{path}secret/", marked())
    assert (Hook.objects.get().secret, Hook.objects.get().former_secret) == (hook.secret, None)


class Killed(BaseException):
    """What ends a process in the middle of its work."""


def _die():
    raise Killed


def test_the_old_secret_is_ended_at_once(client, partner, hook, path, now):
    hooks.rotate(hook=Hook.objects.get(), now=now)
    until = Hook.objects.get().former_until
    answers = [client.post(f"{path}former/", seen(until)).status_code for _ in range(2)]
    assert (answers, Hook.objects.get().former_secret) == ([302, 409], None)
    assert trail(partner) == ["former secret ended"]


def test_a_paused_webhook_is_resumed(client, partner, hook, path, now):
    Hook.objects.update(paused_at=now)
    assert "What happened while it was paused is not sent later." in shown(client.get(path))
    answers = [client.post(f"{path}resume/").status_code for _ in range(2)]
    assert (answers, Hook.objects.get().paused_at) == ([302, 409], None)
    assert trail(partner) == ["webhook resumed"]


def test_an_event_is_sent_again_once_however_often_it_is_pressed(client, partner, hook, path, now):
    row = delivered(partner, now)
    answers = [client.post(f"{path}{row.pk}/", seen(row.settled_at)).status_code for _ in range(2)]
    assert (answers, OutboxRow.objects.get().state) == ([302, 409], "waiting")
    OutboxRow.objects.update(state="sent", settled_at=now + timedelta(seconds=5))
    late = client.post(f"{path}{row.pk}/", seen(row.settled_at))
    assert (late.status_code, OutboxRow.objects.get().state) == (409, "sent")
    assert trail(partner) == ["webhook sent again"]


def test_an_event_that_holds_no_more_is_refused_with_a_sentence(client, partner, hook, path, now):
    row = delivered(partner, now)
    Partner.objects.update(kind=Partner.Kind.SCHOOL)
    response = client.post(f"{path}{row.pk}/", seen(row.settled_at))
    assert response.status_code == 422
    assert "What this would say does not hold any more, so it is not sent again." in shown(response)
    assert OutboxRow.objects.get().state == "sent"


def test_a_webhook_is_removed_after_saying_what_goes_with_it(client, partner, page, hook, path):
    assert "its log cannot be read any more" in shown(client.get(f"{path}remove/"))
    assert client.post(f"{path}remove/")["Location"] == page
    assert (Hook.objects.count(), trail(partner)) == (0, ["webhook removed"])
    assert client.post(f"{path}remove/").status_code == 404


def test_a_webhook_that_the_ledger_cannot_take_is_paused_and_stays_to_be_removed(
    client, partner, hook, path, settings, tmp_path
):
    (tmp_path / "full").write_text("a file, and no folder")
    settings.LEDGER = tmp_path / "full" / "erased.txt"
    answer = client.post(f"{path}remove/", follow=True)
    assert "Paused: nothing is sent there any more. It could not be removed; try again later." in shown(answer)
    assert (list(hooks.listening(hooks.PUBLISHED)), trail(partner)) == ([], ["webhook paused"])
    settings.LEDGER = tmp_path / "erased.txt"
    client.post(f"{path}remove/")
    assert (Hook.objects.count(), ledger.named(ending.HOOK_GONE)) == (0, [str(hook.pk)])


ACTS = ["secret/", "former/", "resume/", "remove/"]


@pytest.mark.parametrize("act", ["", *ACTS])
def test_a_webhook_in_anothers_address_is_not_found(client, hook, act):
    other = Partner.objects.create(name="Hilltop Club", slug="hilltop")
    path = f"/manage/partners/{other.pk}/webhooks/{hook.pk}/{act}"
    answer = client.post(path) if act else client.get(path)
    assert (answer.status_code, Hook.objects.count(), Hook.objects.get().former_secret) == (404, 1, None)


def test_an_event_in_anothers_address_is_not_found(client, partner, hook, page, now):
    row = delivered(partner, now)
    hooks.add(partner=partner, url="https://hooks.example.org/other", now=now)
    other = Hook.objects.exclude(pk=hook.pk).get()
    mail = OutboxRow.objects.create(kind="late", key="late:1", state="sent", due_at=now, created_at=now, settled_at=now)
    for path in (f"webhooks/{other.pk}/{row.pk}/", f"webhooks/{hook.pk}/{mail.pk}/"):
        assert client.post(f"{page}{path}", seen(now)).status_code == 404
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {"sent"}
