"""The manager's pages of the partners: their rules, look, keys and webhooks, as they are and as they change."""

from collections.abc import Iterator
from datetime import timedelta

from playwright.sync_api import Page

from askpeer.models import OutboxRow
from questions.partners import hooks
from questions.partners.models import Hook, Partner
from tests.browser.acts import Act, Place, press, type_into
from tests.browser.demo import Demo

OLDER = "input => { input.value = 'older'; }"
URL = "https://hooks.rookery.example/askpeer"
MAKE, SAVE_RULES = "Make the key", "Save the rules"


def partners(demo: Demo) -> Iterator[Place]:
    yield from new_partner()
    rookery = Partner.objects.get(slug="rookery")
    home = f"/manage/partners/{rookery.pk}/"
    yield Place("partners", "/manage/partners/", who="Tom")
    yield Place("a partner", home, who="Tom")
    yield Place("a school", f"/manage/partners/{Partner.objects.get(slug='northgate').pk}/", who="Tom")
    yield Place("rules", f"{home}rules/", who="Tom")
    yield Place("rules, with what cannot be", f"{home}rules/", no_ages, "Tom")
    yield Place("rules, somebody was first", f"{home}rules/", too_old(SAVE_RULES), "Tom")
    yield Place("look and places", f"{home}look/", who="Tom")
    yield Place("look, with what cannot be", f"{home}look/", type_into("Colour (optional)", "red", "Save"), "Tom")
    yield Place("look, somebody was first", f"{home}look/", too_old("Save"), "Tom")
    yield Place("make a key", f"{home}keys/", who="Tom")
    yield Place("make a key, nothing chosen", f"{home}keys/", press(MAKE), "Tom")
    yield Place("a key, shown once", f"{home}keys/", a_key, "Tom")
    yield Place("a key, copied", f"{home}once/", press("I have copied it"), "Tom")
    yield Place("shown once already", f"{home}once/", who="Tom")
    yield Place("revoke a key", f"{home}keys/{rookery.keys.latest('made_at').pk}/revoke/", who="Tom")
    yield Place("end a partner", f"{home}end/", who="Tom")
    yield from webhooks(demo, home, rookery)


def new_partner() -> Iterator[Place]:
    new = "/manage/partners/new/"
    yield Place("new partner", new, who="Tom")
    yield Place("new partner, nothing filled in", new, press("Make this partner"), "Tom")
    yield Place("new partner, made", new, hilltop, "Tom")
    home = f"/manage/partners/{Partner.objects.get(slug='hilltop-club').pk}/"
    yield Place("a partner, ended", f"{home}end/", press("End this partner"), "Tom")


def webhooks(demo: Demo, home: str, rookery: Partner) -> Iterator[Place]:
    add = f"{home}webhooks/"
    yield Place("add a webhook", add, who="Tom")
    yield Place("add a webhook, not public", add, type_into("Address", "http://localhost/", "Add it"), "Tom")
    yield Place("a webhook, shown once", add, type_into("Address", URL, "Add it"), "Tom")
    hook = Hook.objects.get(url=URL)
    yield Place("a webhook, nothing told yet", f"{add}{hook.pk}/", who="Tom")
    tell(hook, demo)
    yield Place("a webhook, its secret changed", f"{add}{hook.pk}/", press("Change the secret"), "Tom")
    yield Place("a webhook", f"{add}{hook.pk}/", who="Tom")
    Hook.objects.filter(pk=hook.pk).update(paused_at=demo.now)
    yield Place("a webhook, paused", f"{add}{hook.pk}/", who="Tom")
    yield Place("remove a webhook", f"{add}{hook.pk}/remove/", who="Tom")
    hook.delete()


def tell(hook: Hook, demo: Demo) -> None:
    """One event in each state, and none that anybody would send."""
    states = {"sent": "", "dead": "Answered 500", "dropped": "", "waiting": "ConnectionRefusedError"}
    for number, (state, error) in enumerate(states.items()):
        refs = {"hook": str(hook.pk), "event": hooks.STATUS_CHANGED, "status": "in_progress"}
        settled = None if state == "waiting" else demo.now
        moments = {"created_at": demo.now, "due_at": demo.now + timedelta(days=1), "settled_at": settled}
        key = f"hook:{hook.pk}:{number}"
        OutboxRow.objects.create(key=key, kind="webhook", refs=refs, state=state, error=error, attempts=3, **moments)


def hilltop(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Hilltop Club")
    page.get_by_label("A club or youth service").check()
    press("Make this partner")(page)


def no_ages(page: Page) -> None:
    for box in page.locator("[name=ages]").all():
        box.uncheck()
    page.locator("[name=requests_a_minute]").fill("many")
    press(SAVE_RULES)(page)


def too_old(button: str) -> Act:
    def act(page: Page) -> None:
        page.locator("[name=seen]").evaluate(OLDER)
        press(button)(page)

    return act


def a_key(page: Page) -> None:
    page.locator("[value=publish]").check()
    press(MAKE)(page)
