"""Every route of the staff's pages, asked by everybody for everything in every way: who comes in, and what they see."""

import re
from typing import NamedTuple

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction
from django.test import Client, override_settings
from django.urls import get_resolver, reverse
from django.utils import translation

from advisors.beside.models import Presence
from advisors.drafting.doors import WRITTEN
from advisors.team.models import Opened
from questions.models import Question
from tests.advisors import staffed
from tests.advisors.staffed import MARK, NOWHERE, QUESTIONS
from tests.conftest import open_calendar
from tests.factories import NOW

SPACES = ("advisors", "team", "duty", "beside", "safeguarding", "desk", "review", "manage")
ROLES = ("anonymous", "deactivated", "advisor", "young", "supervisor", "lead", "trustee", "manager")
# An advisor as the others are, but that somebody turns to them: only there is anything else open to them.
OF_A_SPACE = {"team": "buddy"}
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS")
WRITERS = {"advisor", "young", "buddy", "supervisor", "lead"}
REVIEWERS = {"supervisor", "lead"}
HANDLERS = REVIEWERS | {"trustee"}
KEEPERS = {"lead", "trustee"}
EVERYBODY = WRITERS | {"trustee", "manager"}
SAFE = ("GET", "HEAD")
TYPED = "What I typed just now."


class Door(NamedTuple):
    """One route: who comes in and how; about which row it is, and what else somebody has to be to it.

    who: "" for its own row alone, "holds" its question, "sees" it as a reviewer, "fits" it as its next writer, "writes"
    it now, sits "beside" it or writes it, "any" for every row there is.
    first: what a GET of it answers where all is well. bare: answers scripts, in JSON. args: of its address, where they
    are not a row's.
    """

    roles: set[str]
    methods: tuple[str, ...]
    about: str = ""
    who: str = ""
    first: int = 200
    bare: bool = False
    args: tuple[str, ...] = ()


def holder(about, *methods, roles=WRITERS, **more):
    return Door(roles, about=about, who="holds", **{"methods": methods} | more)


def seer(about, *methods, roles=HANDLERS, **more):
    return Door(roles, about=about, who="sees", **{"methods": methods} | more)


def manager(about="", *methods, **more):
    return Door({"manager"}, about=about, **{"methods": methods or SAFE} | more)


APPS = (
    "advisors",
    "drafting",
    "signoff",
    "team",
    "duty",
    "beside",
    "safeguarding",
    "questions",
    "publication",
    "intake",
    "partners",
    "askpeer",
)
POST = "POST"
FORM = ("GET", "POST")
SAFE_FORM = ("GET", "HEAD", "POST")
LED = {"methods": SAFE_FORM, "first": 302}  # whoever comes by a link is led to the page that the button stands on
DOORS = {
    "advisors:home": Door(EVERYBODY, SAFE, first=302),
    "advisors:email": Door(EVERYBODY, SAFE),
    "advisors:signed_in": Door(EVERYBODY, SAFE_FORM),
    "advisors:journey": Door(WRITERS, ("GET",)),
    "advisors:certificate": Door(WRITERS, FORM),
    "desk:home": Door(WRITERS, ("GET",)),
    "desk:next": Door(WRITERS, **LED),
    "desk:wrap_up": Door(WRITERS, FORM),
    "desk:boundaries": Door(WRITERS, FORM),
    "desk:read": Door(WRITERS, ("GET",), "open", "fits"),
    "desk:claim": Door(WRITERS, about="open", who="fits", **LED),
    "desk:hand_back": holder("held", **LED),
    "desk:recuse": Door(WRITERS, about="held", who="any", **LED),
    "desk:write": holder("held", *FORM),
    "desk:ask": holder("held", *FORM),
    "desk:autosave": holder("held", POST, roles=EVERYBODY, bare=True),
    "desk:autosave_ask": holder("held", POST, roles=EVERYBODY, bare=True),
    "desk:take_back": holder("review", **LED),
    "desk:versions": holder("held", *FORM),
    "desk:versions_ask": holder("held", *FORM),
    "team:check_in": Door(WRITERS, FORM),
    "team:training": Door(WRITERS, ("GET",)),
    "team:training_unit": Door(WRITERS, FORM, args=("craft", "signposts")),
    "team:training_export": Door(WRITERS | {"manager"}, SAFE),
    "team:training_waiting": Door(REVIEWERS, ("GET",)),
    "team:training_attempt": Door(REVIEWERS, FORM, "attempt"),
    "team:training_pass": Door(REVIEWERS, (POST,), "person"),
    "team:support": Door(EVERYBODY, FORM),
    "team:calls": Door(REVIEWERS | {"buddy"}, ("GET",)),
    "team:answer": Door(REVIEWERS | {"buddy"}, FORM, "call"),
    "team:welcome": Door(WRITERS, SAFE),
    "team:agreement": Door(WRITERS | {"manager"}, SAFE_FORM),
    "team:profile": Door(WRITERS | {"manager"}, SAFE_FORM),
    "team:leaving": Door(WRITERS, SAFE_FORM),
    "team:stay": Door(WRITERS, (POST,)),
    "team:turns": Door(WRITERS, FORM),
    "team:be_away": Door(WRITERS, (POST,)),
    "team:be_back": Door(WRITERS, (POST,), "absence"),
    "team:turn_off": Door(WRITERS, (POST,), "turn"),
    "team:debriefs": Door(REVIEWERS | {"buddy"}, ("GET",)),
    "team:debrief": Door(REVIEWERS | {"buddy"}, FORM, "debrief"),
    "team:no_debrief": Door(EVERYBODY, (POST,), "debrief"),
    "beside:newcomers": Door(REVIEWERS, ("GET",)),
    "beside:put_back": Door(REVIEWERS, (POST,)),
    "beside:lift": Door(REVIEWERS, (POST,), "newcomer"),
    "team:room": Door(WRITERS | {"manager"}, FORM),
    "team:round": Door(WRITERS | {"manager"}, (POST,)),
    "team:praise": Door(WRITERS | {"manager"}, (POST,)),
    "team:post_down": Door(WRITERS | {"manager"}, (POST,), "post", "keeps order"),
    "team:kudos_down": Door(WRITERS | {"manager"}, (POST,), "kudos", "keeps order"),
    "beside:page": seer("held", *FORM, roles=REVIEWERS),
    "beside:sit": seer("held", POST, roles=REVIEWERS),
    "beside:get_up": seer("held", POST, roles=REVIEWERS),
    "beside:beat": Door(WRITERS, (POST,), "held", "beside", bare=True),
    "beside:margin": holder("held", *FORM),
    "beside:ask": Door(WRITERS, (POST,), "held", "writes"),
    "beside:desk_beat": Door(WRITERS, (POST,), "held", "beside", bare=True),
    "safeguarding:concern": holder("held", **LED),
    "safeguarding:board": Door(KEEPERS, SAFE),
    "safeguarding:settle": seer("concern", **LED),
    "safeguarding:glass": Door(KEEPERS, SAFE_FORM, "contact glass", "broke"),
    "safeguarding:case": seer("held", *SAFE_FORM),
    "safeguarding:keep": seer("held", roles=KEEPERS, **LED),
    "safeguarding:let_go": seer("held", roles=KEEPERS, **LED),
    "safeguarding:contact": Door(KEEPERS, SAFE_FORM, "held", "sees"),
    "safeguarding:about_staff": seer("held", roles=REVIEWERS, **LED),
    "safeguarding:person": Door(KEEPERS, SAFE_FORM, "staff", "sees"),
    "safeguarding:board_of_manager": manager(),
    "safeguarding:glass_of_manager": manager("question glass", *SAFE_FORM),
    "safeguarding:case_of_manager": manager("held"),
    "safeguarding:question": manager("held", *SAFE_FORM, who="any"),
    "review:home": Door(REVIEWERS, ("GET",)),
    "review:next": Door(REVIEWERS, (POST,)),
    "review:start_duty": Door(REVIEWERS, (POST,)),
    "review:end_duty": Door(REVIEWERS, (POST,)),
    "review:note": Door(REVIEWERS, FORM),
    "review:redate": Door(HANDLERS, FORM),
    "review:triage": Door(HANDLERS, ("GET",)),
    "review:triage_next": Door(HANDLERS, ("GET",), first=302),
    "review:texts": Door(REVIEWERS, ("GET",)),
    "review:text_approve": Door(REVIEWERS, (POST,), "waiting wording"),
    "review:text_drop": Door(REVIEWERS, (POST,), "waiting wording"),
    "review:words": seer("own words", "GET"),
    "review:words_approve": seer("own words", POST),
    "review:words_drop": seer("own words", POST),
    "review:pass_message": seer("message", POST),
    "review:pass_feedback": seer("feedback", POST),
    "review:settle": seer("report", POST, roles=REVIEWERS),
    "review:publish": Door(REVIEWERS, ("GET",)),
    "review:publication": seer("publication", *FORM, roles=REVIEWERS),
    "review:publication_check": seer("publication", *FORM, roles=REVIEWERS, first=403),
    "review:publication_withdraw": seer("publication", POST, roles=REVIEWERS),
    "review:publication_show": seer("publication", POST, roles=REVIEWERS),
    "review:question": seer("new", *FORM),
    "review:take_back": seer("open", POST),
    "review:level": seer("new", POST),
    "review:level_undo": seer("new", POST),
    "review:apart": seer("new", POST),
    "review:mask": seer("new", POST),
    "review:propose_words": seer("new", POST),
    "review:redirect": seer("new", POST),
    "review:hold": seer("new", POST),
    "review:assign": seer("open", POST, roles=REVIEWERS),
    "review:lock": seer("new", POST),
    "review:recuse": seer("new", POST),
    "review:draft": seer("review", "GET", roles=REVIEWERS),
    "review:start": seer("review", POST, roles=REVIEWERS),
    "review:approve": seer("review", POST, roles=REVIEWERS),
    "review:escalate": seer("review", POST, roles=REVIEWERS),
    "review:skip": seer("review", POST, roles=REVIEWERS),
    "review:unskip": seer("review", POST, roles=REVIEWERS),
    "review:comment": seer("review", POST, roles=REVIEWERS),
    "review:resolve": seer("comment", POST, roles=REVIEWERS),
    "review:changes": seer("review", POST, roles=REVIEWERS),
    "review:edit": seer("review", *FORM, roles=REVIEWERS),
    "review:accept": holder("edited", *FORM),
    "duty:rota": manager(),
    "duty:add_shift": manager("", POST),
    "duty:add_on_call": manager("", POST),
    "duty:add_absence": manager("", POST),
    "duty:remove": manager("shift", POST),
    "manage:overview": manager(),
    "manage:failed": manager(),
    "manage:health": manager(),
    "manage:history": manager(),
    "manage:retry": manager("failed", POST),
    "manage:close": manager("failed", POST),
    "manage:figures": manager(),
    "manage:figures_report": manager("", *SAFE_FORM),
    "manage:figures_csv": manager("", args=("topics",)),
    "manage:hours": manager(),
    "manage:hours_week": manager("", *SAFE_FORM),
    "manage:hours_close": manager("", *SAFE_FORM),
    "manage:hours_open": manager("", POST),
    "manage:hours_stranded": manager("", POST),
    "manage:invitations": manager("", *SAFE_FORM),
    "manage:resend": manager("invitation", POST),
    "manage:withdraw": manager("invitation", POST),
    "manage:languages": manager(),
    "manage:language_on": manager("", POST, args=("nl",)),
    "manage:language_off": manager("", POST, args=("nl",)),
    "manage:keeping": manager("", *SAFE_FORM),
    "manage:limits": manager("", *SAFE_FORM),
    "manage:risk": manager(),
    "manage:risk_try": manager("", POST),
    "manage:risk_new": manager("", *SAFE_FORM),
    "manage:risk_rule": manager("risk rule", *SAFE_FORM),
    "manage:risk_delete": manager("risk rule", *SAFE_FORM),
    "manage:signposts": manager(),
    "manage:signpost_new": manager("", *SAFE_FORM),
    "manage:signposts_export": manager(),
    "manage:signposts_import": manager("", *SAFE_FORM),
    "manage:signpost": manager("signpost", *SAFE_FORM),
    "manage:signpost_checked": manager("signpost", POST),
    "manage:signpost_delete": manager("signpost", POST),
    "manage:texts": manager(),
    "manage:text_new": manager("", *SAFE_FORM),
    "manage:text": manager("", *SAFE_FORM, args=("holding", "not_safe", "en")),
    "manage:text_retire": manager("wording", POST),
    "manage:text_drop": manager("wording", POST),
    "manage:topics": manager(),
    "manage:topic_new": manager("", *SAFE_FORM),
    "manage:topic": manager("topic", *SAFE_FORM),
    "manage:topic_up": manager("topic", POST),
    "manage:topic_down": manager("topic", POST),
    "manage:topic_retire": manager("topic", POST),
    "manage:topic_bring_back": manager("topic", POST),
    "manage:topic_delete": manager("topic", POST),
    "manage:partners": manager(),
    "manage:partner_new": manager("", *SAFE_FORM),
    "manage:partner": manager("partner"),
    "manage:partner_end": manager("partner", *SAFE_FORM),
    "manage:partner_take_up": manager("partner", POST),
    "manage:partner_rules": manager("partner", *SAFE_FORM),
    "manage:partner_look": manager("partner", *SAFE_FORM),
    "manage:partner_once": manager("partner", *SAFE_FORM),
    "manage:partner_key": manager("partner", *SAFE_FORM),
    "manage:partner_revoke": manager("partner key", *SAFE_FORM),
    "manage:partner_hook_add": manager("partner", *SAFE_FORM),
    "manage:partner_hook": manager("webhook"),
    "manage:partner_secret": manager("webhook", POST),
    "manage:partner_former": manager("webhook", POST),
    "manage:partner_resume": manager("webhook", POST),
    "manage:partner_hook_remove": manager("webhook", *SAFE_FORM),
    "manage:partner_send_again": manager("event", POST),
    "manage:people": manager(),
    "manage:person": manager("person"),
    **{
        f"manage:person_{part}": manager("person", POST)
        for part in ("who", "role", "age", "checks", "work", "guardian", "sign_out")
    },
    "manage:leave": manager("person", *SAFE_FORM),
    "manage:words": manager(),
    "manage:word_accept": manager("word", POST),
    "manage:word_refuse": manager("word", POST),
}
# Where somebody writes in their own words: refused, they are on the page still.
WORDED = {
    "desk:hand_back",
    "desk:write",
    "desk:ask",
    "team:support",
    "team:profile",
    "team:training_unit",
    "team:training_attempt",
    "team:room",
    "team:round",
    "team:praise",
    "beside:page",
    "beside:margin",
    "safeguarding:concern",
    "safeguarding:case",
    "safeguarding:keep",
    "safeguarding:contact",
    "safeguarding:question",
    "review:note",
    "review:pass_feedback",
    "review:question",
    "review:level",
    "review:mask",
    "review:propose_words",
    "review:lock",
    "review:comment",
    "review:escalate",
    "review:edit",
    "review:publication",
    "manage:hours_close",
    "manage:figures_report",
    "manage:risk_new",
    "manage:risk_rule",
    "manage:risk_try",
    "manage:signpost",
    "manage:signpost_new",
    "manage:text",
    "manage:text_new",
    "manage:topic",
    "manage:topic_new",
}
NOT_ON_THEIR_PAGE = {("review:lock", "supervisor")}  # this form; whoever sends it all the same gets a sentence
# Anybody with the link of an invitation or of a question to a guardian comes in: the token is the key.
OPEN = {"advisors:invitation", "advisors:guardian"}
# Whose text each question's word stands in: who may read it anywhere. Whoever holds it, whoever reads it to check it.
READERS = {
    "held": {"advisor", *REVIEWERS},
    "review": {"advisor", *REVIEWERS},
    "edited": {"advisor", *REVIEWERS},
    "new": REVIEWERS,
    "open": WRITERS,
    "answered": REVIEWERS,
    "staff": {"lead"},
    "ours": {"trustee"},
    "kept": set(),
    "erased": set(),
    "words": {"advisor", *REVIEWERS},
    "report": REVIEWERS,
    "mail": set(),
}
SHOWN_BY_GLASS = {
    ("safeguarding:glass", "lead"): {"mail"},
    ("safeguarding:glass_of_manager", "manager"): {"held", "words"},
}


def routes():
    """name: how many arguments, for every route of the staff's namespaces."""
    return dict(_walk(get_resolver(), ""))


def _walk(resolver, space):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry, entry.namespace or space)
        elif space in SPACES:
            yield f"{space}:{entry.name}", len(entry.pattern.converters)


def test_every_route_stands_in_the_table():
    assert sorted(set(routes()) ^ (set(DOORS) | OPEN)) == []


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The house, built once: whatever a request does to it is undone."""
    ledger = tmp_path_factory.mktemp("house") / "erased.txt"
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        override_settings(SECOND_FACTOR=False, LEDGER=ledger, PASSWORD_HASHERS=hashers),
        time_machine.travel(NOW, tick=False),
        translation.override("en"),
    ):
        open_calendar()
        yield staffed.build(NOW)
        transaction.set_rollback(True)


@pytest.fixture
def house(built, db, settings, tmp_path):
    settings.SECOND_FACTOR, settings.LEDGER = False, tmp_path / "erased.txt"
    with time_machine.travel(NOW, tick=False):
        yield built


class Written:
    """Takes note whether anything was asked of the database but to be read."""

    READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")

    def __init__(self):
        self.anything = False

    def __call__(self, execute, sql, params, many, context):
        self.anything = self.anything or not sql.lstrip().startswith(self.READS)
        return execute(sql, params, many, context)


@pytest.fixture
def asking(house):
    """Ask for one route as one role: (answer, text, whether the database changed, the questions whose words it is noted
    that they opened); all is undone afterwards.
    """
    roles = (*ROLES, *OF_A_SPACE.values())
    clients, before = {role: _client(house.people.get(role)) for role in roles}, _picture()

    def ask(door, role, method, args, data):
        path, written, opened = reverse(door, args=args), Written(), set()
        with transaction.atomic():
            with connection.execute_wrapper(written):
                answer = clients[role].post(path, data) if method == "POST" else clients[role].generic(method, path)
            text, changed = answer.content.decode(), written.anything and _picture() != before
            if MARK in text:
                opened = set(Opened.objects.filter(person=house.people.get(role)).values_list("question", flat=True))
            transaction.set_rollback(True)
        return answer, text, changed, {name for name, row in house.questions.items() if row.pk in opened}

    return ask


def _client(person):
    client = Client(raise_request_exception=False)
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


LOOKED_AT = {Presence._meta.db_table, Opened._meta.db_table}  # reading writes these, whatever the method


def _picture():
    """Every question's row, and how many rows each table of ours has, but for who has which page open, or had."""
    ours = [apps.get_app_config(name) for name in APPS]
    tables = sorted({model._meta.db_table for app in ours for model in app.get_models()} - LOOKED_AT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"(SELECT COUNT(*) FROM {table})" for table in tables))
        counts = cursor.fetchone()
    rows = Question.objects.order_by("pk").values_list("status", "version", "level", "holder", "about_staff")
    return counts, list(rows)


FIELDS = ("version", "number", "base")
HELD = ("held", "review", "edited")  # by the advisor of the house
STALE = dict.fromkeys(FIELDS, "999") | dict.fromkeys(WRITTEN, TYPED)


@pytest.mark.parametrize("name", DOORS)
def test_a_route_lets_in_whom_it_is_for_and_shows_nobody_else_a_word(house, asking, name):
    """One line for each answer that is not as the table has it; there is none."""
    door, wrong = DOORS[name], []
    somebody = OF_A_SPACE.get(name.partition(":")[0])
    for role, method, thing, args, data in _asked(house, door, [*ROLES, *filter(None, [somebody])]):
        answer, text, changed, opened = asking(name, role, method, args, data)
        faults = [*_faults(name, door, role, method, thing, data, answer, text, changed)]
        faults += _unnoted(door, text, opened)
        line = f"{role} {method} {thing} {'typed' if data else ''}: {answer.status_code}"
        wrong += [f"{line} {fault}" for fault in faults]
    assert "\n".join(wrong) == ""


def _asked(house, door, roles):
    """Everybody asks for its own row in every way; whoever is let in asks for every other row too."""
    for role in roles:
        for method in METHODS:
            for thing, args in _things(house, door, role, method):
                for data in [{}, STALE] if method == "POST" and thing in {"", "own", door.about} else [STALE]:
                    yield role, method, thing, args, data if method == "POST" else {}


def _things(house, door, role, method):
    own, *others = _addresses(house, door)
    yield own
    if role in door.roles and method in {"GET", "POST"} and method in door.methods:
        yield from others


def _addresses(house, door):
    """(what it is, the arguments of its address): the route's own row first."""
    if not door.about:
        return [("", door.args)]
    if door.about in QUESTIONS:
        names = [door.about, *[name for name in QUESTIONS if name != door.about]]
        return [(name, (house.questions[name].pk,)) for name in names] + [("nothing", (NOWHERE,))]
    kept = house.rows[door.about]
    before = _around(house).get(door.about, ())
    nothing = 999_999 if isinstance(kept[0], int) else NOWHERE
    own, *others = [(*before, pk) for pk in (*kept, nothing)]
    return [("own", own), *[("another's", args) for args in others]]


def _around(house):
    """What stands in an address before the row it is about."""
    partner = house.rows["partner"][0]
    theirs = {"partner key": (partner,), "webhook": (partner,), "event": (partner, house.rows["webhook"][0])}
    return {"comment": (house.questions["review"].pk,), "shift": ("shifts",)} | theirs


def _faults(name, door, role, method, thing, data, answer, text, changed):
    status = answer.status_code
    if status not in _expected(door, role, method, thing, data):
        yield f"instead of {sorted(_expected(door, role, method, thing, data))}"
    if changed and (status >= 400 or method in SAFE):
        yield "and something changed"
    worded = name in WORDED and (name, role) not in NOT_ON_THEIR_PAGE and _is_own(door, role, thing)
    if worded and data and status in {403, 409, 422} and TYPED not in text:
        yield "and what was typed is gone"
    seen = {word for word in re.findall(rf"{MARK}(\w+)", text) if word in READERS}
    allowed = {word for word, readers in READERS.items() if role in readers} | SHOWN_BY_GLASS.get((name, role), set())
    if seen - allowed:
        yield f"and {sorted(seen - allowed)} can be read"


def _unnoted(door, text, opened):
    """A page with a question's words notes who opened them; a script's answer belongs to a page that has."""
    shown = {word for word in re.findall(rf"{MARK}(\w+)", text) if word in QUESTIONS}
    if not door.bare and shown - opened:
        yield f"and nobody noted that {sorted(shown - opened)} was opened"


def _is_own(door, role, thing):
    return role in {"anonymous", "deactivated", *door.roles} and thing in {"", "own", door.about}


def _expected(door, role, method, thing, data):
    """The answers this may have. Redirects lead to the sign-in page or on; 403, 404, 405 and 409 say no."""
    if role in {"anonymous", "deactivated"}:
        # What they typed is given back to them with a 403.
        return {302, 403} if method in door.methods else {302, 405} | ({403} if data else set())
    if role not in door.roles:
        return {403} if method in door.methods else {403, 405}
    if method not in door.methods:
        return {405}
    if method in SAFE and (door.first == 302 or (door.who == "fits" and role == "advisor" and thing in HELD)):
        return {302}
    if not _is_theirs(door, role, thing):
        return {403, 404, 409, 422} if door.bare else {403, 404, 409}
    if method in SAFE:
        # Another question that they may see may be at a stage that this page is not for.
        return {door.first} if thing in {"", "own", door.about} else {door.first, 403}
    return {200, 302, 403, 409, 422}


def _is_theirs(door, role, thing):
    """Whether this row is open to this role by the route's own rule."""
    holds, sees = role == "advisor" and thing in HELD, _sees(role, thing)
    rules = {"any": thing != "nothing", "holds": holds, "sees": sees, "beside": holds or sees}
    rules |= {"writes": holds and thing == "held", "fits": thing == "open", "broke": role == "lead" and thing == "own"}
    rules["keeps order"] = role in {*REVIEWERS, "manager"} and thing == "own"
    return rules.get(door.who, thing in {"", "own", door.about})


def _sees(role, thing):
    seen = {"own", *QUESTIONS} - {"kept", "erased", "staff", "ours"}
    return (role in REVIEWERS and thing in seen) or (role, thing) in {("lead", "staff"), ("trustee", "ours")}
