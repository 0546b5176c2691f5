"""Every staff form that takes words, given what nobody should send: a sentence, and what was typed is still there."""

import json
from functools import partial
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from advisors.beside import sitting
from advisors.drafting import claiming, writing
from advisors.signoff import reading, reviewing, triaging
from advisors.signoff.models import Comment
from askpeer import prose
from questions.models import Question
from tests.advisors import staffed
from tests.advisors.staffed import DETAILS, WORDS
from tests.factories import PersonFactory, make_question

BACKENDS = "allauth.account.auth_backends.AuthenticationBackend"
REFUSED = {403, 404, 409, 422}
HARD = f"{WORDS}\n\nThey said that razors help. They do not. A law centre can tell you more."
HOSTILE = {
    "brackets": "[" * 200_000,
    "a NUL": "Hello\0there",
    "half a pair": "Hello \ud83d there",
    "backwards": "Ring \u202e999\u202c now, \u2066then\u2069 wait",
    "nothing wide": "pass\u200bword and\ufeff more\u2060",
    "javascript": "[read this](javascript:alert(1)) <javascript:alert(1)>",
    "data": "[read this](data:text/html;base64,PHNjcmlwdD4=)",
    "no scheme": "[read this](//evil.example/x)",
    "http": "[read this](http://evil.example/x)",
    "nested": "[a [b](javascript:alert(1)) c](//evil.example) [[[x](javascript:y)](data:z)](https://[)",
    "a script": "<script>alert(1)</script><img src=x onerror=alert(1)></textarea><svg onload=alert(1)>",
    "emoji": "Well done \U0001f469\U0001f3fd\u200d\U0001f680 \U0001f1f3\U0001f1f1",
    "combining": "Zoe" + "\u0301\u0328" * 20 + " wrote",
}
MARKS = {"safe": "on", "accurate": "on", "reaction": "2", "interpretation": "2", "exploration": "2"}
MARKS |= {"personal": "yes", "within_limits": "yes", "override": "on", "disclosure": "on"}
MARKED = MARKS | {"phrase": "law centre"}
ENTRY = {"words": "He waits.", "nature": "fact", "level": "red", "decision": "We rang.", "ground": "child"}
PUBLIC = {"title": "Alone", "question_text": "I eat alone.", "answer_text": "Ask somebody.", "topic": "topic"}
FIRST = {"paragraph": "1"}
ITS_DAY = {"last_day": "2027-01-01"}
CLOSING = {"first_day": "2026-12-01", "last_day": "2026-12-02", "why": "closed", "version": "1", "step": "save"}
OWN = {"why": "redirect:legal_advice"}
EDITED = WORDS.replace("is hard", "is really hard")


class Box(NamedTuple):
    """One field that takes words: the form it stands in, about which row, who writes in it, how much it holds.

    kept: the model and the field in which it is found again; "" for words that have to stand in a draft already.
    more: what else the form sends. read: the page that shows it afterwards.
    """

    door: str
    about: str
    who: str
    field: str
    limit: int
    kept: str
    more: dict[str, str] = {}
    read: str = ""


VERSION, ENTRY_OF, CASE = "drafting.DraftVersion", "safeguarding.Entry", "safeguarding:case"
BOXES = [
    Box("desk:write", "held", "advisor", "text", 6000, f"{VERSION}.text", {}, "desk:write"),
    Box("desk:write", "held", "advisor", "sources", 1000, f"{VERSION}.sources", {"text": WORDS}, "desk:write"),
    Box("desk:write", "held", "advisor", "insist", 300, "drafting.Draft.insisted", {"text": WORDS}, "desk:write"),
    Box("desk:write", "held", "advisor", "detail_1", 200, f"{VERSION}.details", {"text": WORDS}, "desk:write"),
    Box("desk:ask", "held", "advisor", "text", 600, f"{VERSION}.text", {"base": "0"}, "desk:ask"),
    Box("desk:hand_back", "held", "advisor", "note", 1500, "drafting.HandoverNote.text"),
    Box("team:support", "", "advisor", "words", 1500, "team.SupportCall.words", {}, "team:support"),
    Box("beside:margin", "held", "advisor", "note", 1000, "beside.MarginNote.text", {}, "desk:write"),
    Box("beside:page", "held", "supervisor", "note", 1000, "beside.MarginNote.text", {}, "beside:page"),
    Box("safeguarding:concern", "held", "advisor", "words", 1500, "safeguarding.Concern.words", {"kind": "abusive"}),
    Box("review:note", "", "supervisor", "text", 1500, "duty.ShiftNote.text", {}, "review:home"),
    Box("review:question", "new", "supervisor", "summary", 160, "questions.Question.summary", {}, "review:question"),
    Box("review:question", "new", "supervisor", "names", 60, "questions.Question.masked", {"summary": "School."}),
    Box("review:mask", "open", "supervisor", "names", 60, "questions.Question.masked", {}, "review:question"),
    Box("review:level", "new", "supervisor", "reason", 500, "signoff.LevelChange.reason", {"level": "red"}),
    Box("review:propose_words", "new", "supervisor", "text", 3000, "signoff.OwnWords.text", OWN, "review:question"),
    Box("review:lock", "new", "lead", "reason", 1000, "questions.LockedNote.reason", ITS_DAY, "safeguarding:case"),
    Box("review:comment", "review", "supervisor", "text", 1000, "signoff.Comment.text", FIRST, "review:draft"),
    Box("review:escalate", "review", "supervisor", "reason", 500, "signoff.Escalation.reason", {}, "review:draft"),
    Box("review:edit", "review", "supervisor", "text", 6000, f"{VERSION}.text", {"note": "Look."}, "review:draft"),
    Box("review:edit", "review", "supervisor", "note", 1000, "signoff.Comment.text", {"text": EDITED}, "review:draft"),
    Box("review:approve", "hard", "supervisor", "reason", 500, "signoff.Approval.reason", MARKED),
    Box("review:approve", "hard", "supervisor", "phrase", 200, "", MARKS | {"reason": "They quote it."}),
    Box("safeguarding:case", "held", "lead", "words", 3000, f"{ENTRY_OF}.words", ENTRY, "safeguarding:case"),
    Box("safeguarding:case", "held", "lead", "decision", 1000, f"{ENTRY_OF}.decision", ENTRY, "safeguarding:case"),
    Box("safeguarding:case", "held", "lead", "told", 500, f"{ENTRY_OF}.told", ENTRY, "safeguarding:case"),
    Box("safeguarding:keep", "held", "lead", "reason", 1000, "questions.LockedNote.reason", ITS_DAY, CASE),
    Box("safeguarding:contact", "open", "lead", "reason", 500, "safeguarding.BrokenGlass.reason"),
    Box("safeguarding:question", "open", "manager", "reason", 500, "safeguarding.BrokenGlass.reason"),
    Box("manage:hours_close", "", "manager", "reason", 120, "askpeer.Closure.reason", CLOSING, "manage:hours"),
    *[
        Box("review:publication", "publication", "supervisor", field, limit, "publication.Publication.working", PUBLIC,
            "review:publication")
        for field, limit in [("title", 120), ("question_text", 3000), ("answer_text", 8000), ("content_note", 160),
                             ("keywords", 40)]
    ],
]  # fmt: skip


class Choice(NamedTuple):
    """One field that takes no words at all. echoed: whether a box shows again what was sent in it."""

    door: str
    about: str
    who: str
    field: str
    echoed: bool


CHOICES = [
    Choice("desk:wrap_up", "", "advisor", "hours", True),
    Choice("desk:wrap_up", "", "advisor", "minutes", True),
    Choice("desk:wrap_up", "", "advisor", "mood", False),
    Choice("team:check_in", "", "advisor", "mood", False),
    Choice("review:redate", "", "supervisor", "questions", False),
    Choice("review:level", "new", "supervisor", "level", False),
    Choice("review:assign", "open", "supervisor", "to", False),
    Choice("review:redirect", "new", "supervisor", "code", False),
    Choice("safeguarding:case", "held", "lead", "next_check_at", True),
    Choice("safeguarding:keep", "held", "lead", "last_day", True),
    Choice("safeguarding:person", "staff", "lead", "person", False),
    *[Choice("duty:add_shift", "", "manager", name, name != "person") for name in ("person", "starts_at", "ends_at")],
    *[Choice("duty:add_on_call", "", "manager", name, name != "person") for name in ("person", "starts_at", "ends_at")],
    *[Choice("duty:add_absence", "", "manager", day, day != "person") for day in ("person", "first_day", "last_day")],
    *[Choice("manage:hours_week", "", "manager", name, name not in {"country", "why"})
      for name in ("time_zone", "country", "subdivision", "opens_0_0", "closes_6_2", "why")],
    *[Choice("manage:hours_close", "", "manager", name, name != "why") for name in ("first_day", "last_day", "why")],
    *[Choice("manage:partner_new", "", "manager", name, name != "kind") for name in ("name", "kind", "slug")],
    *[Choice("manage:partner_rules", "partner", "manager", name, name == "requests_a_minute")
      for name in ("labels", "ages", "signposts", "requests_a_minute")],
    *[Choice("manage:partner_look", "partner", "manager", name, True) for name in ("origins", "colour")],
    *[Choice("manage:partner_key", "partner", "manager", name, name != "scopes") for name in ("scopes", "last_day")],
    Choice("manage:partner_hook_add", "partner", "manager", "url", True),
    *[Choice("manage:hours_open", "", "manager", day, False) for day in ("first_day", "last_day")],
]  # fmt: skip


class World(NamedTuple):
    house: staffed.House
    clients: dict[str, Client]

    def path(self, door, about):
        if about in {"publication", "partner"}:
            return reverse(door, args=[self.house.rows[about][0]])
        return reverse(door, args=[self.house.questions[about].pk] if about else [])

    def post(self, box, data):
        """As a browser may send it, or somebody who is none: also what is no text at all."""
        body = urlencode(data, errors="surrogatepass")
        kind = "application/x-www-form-urlencoded"
        return self.clients[box.who].post(self.path(box.door, box.about), body, content_type=kind)

    def form(self, box):
        """What the page sends beside the words."""
        if box.about == "publication":
            row = apps.get_model("publication.Publication").objects.get(pk=self.house.rows["publication"][0])
            return {"version": str(row.version)}
        question = self.house.questions.get(box.about)
        return {"version": str(question.version), "number": "1", "base": "1"} if question else {}


@pytest.fixture
def world(calendar, now, settings, tmp_path):
    settings.SECOND_FACTOR, settings.LEDGER = False, tmp_path / "erased.txt"
    with time_machine.travel(now, tick=False):
        house = staffed.build(now)
        house.questions["hard"] = _hard(house.people, now)
        sitting.sit_down(question=house.questions["held"], by=house.people["supervisor"], now=now)
        topic = apps.get_model("questions.Topic").objects.first()
        PUBLIC["topic"] = str(topic.pk)
        clients = {role: Client(raise_request_exception=False) for role in ("advisor", "supervisor", "lead", "manager")}
        for role, client in clients.items():
            client.force_login(house.people[role], backend=BACKENDS)
        yield World(house, clients)


def _hard(people, now):
    """One that somebody wrote who still learns, with words that the check stops and their reason for them."""
    row, writer = make_question(text="I eat lunch alone at a new school.", now=now), PersonFactory(answers_given=1)
    triaging.pass_on(question=row, version=1, summary="School.", content_notes=[], by=people["supervisor"], now=now)
    claiming.claim(question=row, by=writer, version=row.version, now=now)
    values = {"question": row, "kind": "answer", "by": writer, "now": now}
    writing.save(text=HARD, details=DETAILS, base=0, **values)
    writing.submit(base=1, version=row.version, insist="They said so.", **values)
    return Question.objects.get(pk=row.pk)


class Page(HTMLParser):
    """What a page would run or lead to that is not ours: scripts in it, handlers, links that are not https."""

    OURS = ("/", "#", "?", "https://", "tel:", "sms:", "mailto:")

    def __init__(self, text):
        super().__init__()
        self.wrong = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "script" and not (values.get("src") or "").startswith("/static/"):
            self.wrong.append("a script")
        for name, value in attrs:
            if name.startswith("on"):
                self.wrong.append(name)
            if name in {"href", "src", "action", "formaction"} and not self._is_ours(values, value or "#"):
                self.wrong.append(f"{name}={value[:40]}")

    def _is_ours(self, values, value):
        # The icon of a tab is drawn from its own address, and nothing in it runs.
        icon = values.get("rel") == "icon"
        return icon or (value.startswith(self.OURS) and not value.startswith(("//", "/\\")))


def _sent(text):
    """The text as it arrives: half a surrogate pair is no UTF-8 and is replaced."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _kept(kept):
    """primary key: words, in every row of a model's field."""
    model, _, field = kept.rpartition(".")
    return {row.pk: getattr(row, field) for row in apps.get_model(model).objects.all() if getattr(row, field)}


def _words(value):
    """What is kept, as a list of texts; several of them are JSON."""
    try:
        parsed = json.loads(value)
    except ValueError:
        return [value]
    parts = list(parsed.values()) if isinstance(parsed, dict) else parsed
    return [word for part in parts for word in (part if isinstance(part, list) else [part])]


def _tried(world, box, text, more):
    """Send it, look, and undo it: what is wrong, and whether it was accepted."""
    with transaction.atomic():
        before = _kept(box.kept) if box.kept else {}
        answer = world.post(box, world.form(box) | more | {box.field: text})
        wrong = list(_faults(world, box, text, answer, before))
        transaction.set_rollback(True)
    return [f"{answer.status_code} {fault}" for fault in wrong], answer.status_code == 302


def _faults(world, box, text, answer, before):
    page = answer.content.decode()
    yield from Page(page).wrong
    if answer.status_code in REFUSED:
        if escape(_sent(text)) not in page:
            yield "what was typed is gone"
    elif answer.status_code != 302:
        yield "is no answer"
    elif not box.kept:
        yield "was accepted"
    else:
        yield from _kept_well(text, before, _kept(box.kept))
        if box.read:
            shown = world.clients[box.who].get(world.path(box.read, box.about))
            yield from Page(shown.content.decode()).wrong
            if shown.status_code != 200:
                yield f"cannot be read: {shown.status_code}"


def _kept_well(text, before, after):
    new = [word for pk, value in after.items() if before.get(pk) != value for word in _words(value)]
    if any(prose.canonical(word) != word for word in new):
        yield "is kept otherwise than canonical"
    if "".join(prose.canonical(_sent(text)).split()) not in "".join(",".join(new).split()):
        yield "is not kept"


SPACES = sorted({box.door.partition(":")[0] for box in BOXES})


@pytest.mark.parametrize("space", SPACES)
def test_a_box_takes_what_can_be_kept_and_gives_back_all_else(world, space):
    wrong = []
    for box in [box for box in BOXES if box.door.startswith(f"{space}:")]:
        tried = {name: _tried(world, box, text, box.more) for name, text in HOSTILE.items()}
        wrong += [f"{box.door} {box.field} {name}: {fault}" for name, (faults, _) in tried.items() for fault in faults]
        taken = {name for name, (_, accepted) in tried.items() if accepted}
        if taken & {"brackets", "a NUL"} or (box.kept and not {"emoji", "half a pair"} <= taken):
            wrong.append(f"{box.door} {box.field} takes {sorted(taken)}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("space", SPACES)
def test_a_box_holds_as_much_as_it_says_and_one_more_is_given_back(world, space):
    wrong = []
    for box in [box for box in BOXES if box.door.startswith(f"{space}:") and box.kept]:
        for length in (box.limit, box.limit + 1):
            faults, accepted = _tried(world, box, _long(length), box.more)
            if accepted is not (length == box.limit):
                faults.append("accepted" if accepted else "refused")
            wrong += [f"{box.door} {box.field} of {length}: {fault}" for fault in faults]
    assert "\n".join(wrong) == ""


def _long(length):
    """Words without a comma, a name or a number in them, and no blank at the end."""
    return ("well " * length)[: length - 1] + "x"


@pytest.mark.parametrize("space", SPACES)
def test_an_old_page_is_refused_and_what_was_typed_in_it_is_given_back(world, space):
    """Every number that a form was made from, one too high."""
    wrong = []
    for box in [box for box in BOXES if box.door.startswith(f"{space}:")]:
        for name in NUMBERED.get(box.door, ()):
            faults, accepted = _tried(world, box, "I typed this.", box.more | {name: "999"})
            wrong += [f"{box.door} {box.field}, old {name}: {fault}" for fault in faults]
            wrong += [f"{box.door} {box.field}, old {name}: accepted"] if accepted else []
    assert "\n".join(wrong) == ""


NUMBERED = {
    "desk:write": ["base"],
    "desk:ask": ["base"],
    "desk:hand_back": ["version"],
    "safeguarding:concern": ["version"],
    "review:question": ["version"],
    "review:propose_words": ["version"],
    "review:comment": ["number"],
    "review:escalate": ["number"],
    "review:edit": ["base"],
    "review:approve": ["number"],
    "review:publication": ["version"],
    "manage:hours_close": ["version"],
}


def test_what_takes_no_words_says_so_and_nothing_happens(world):
    wrong = []
    for choice in CHOICES:
        for name, text in HOSTILE.items():
            with transaction.atomic():
                answer = world.post(choice, world.form(choice) | {choice.field: text})
                transaction.set_rollback(True)
            page = answer.content.decode()
            faults = [*Page(page).wrong, *([] if answer.status_code == 422 else [str(answer.status_code)])]
            faults += ["gone"] if choice.echoed and escape(_sent(text)) not in page else []
            wrong += [f"{choice.door} {choice.field} {name}: {fault}" for fault in faults]
    assert "\n".join(wrong) == ""


def test_the_second_of_two_tabs_gets_both_texts(world, now):
    writes, edits = BOXES[0], next(box for box in BOXES if (box.door, box.field) == ("review:edit", "text"))
    for box, theirs in [(writes, "The first tab."), (edits, EDITED)]:
        form = world.form(box) | box.more
        assert world.post(box, form | {box.field: theirs}).status_code == 302
        again = world.post(box, form | {box.field: "The second tab."})
        assert again.status_code == 409
        page = again.content.decode()
        assert ("The second tab." in page, escape(theirs[:40]) in page) == (True, True)


def test_a_comment_on_a_paragraph_that_is_gone_is_given_back(world):
    box = next(box for box in BOXES if box.door == "review:comment")
    answer = world.post(box, world.form(box) | {"paragraph": "9", "text": "Which <club>?"})
    assert answer.status_code == 422
    assert "Which &lt;club&gt;?" in answer.content.decode()
    assert Comment.objects.filter(version__draft__round__question=world.house.questions["review"]).count() == 1


def test_a_comment_on_a_version_that_was_edited_since_is_given_back(world, now):
    box = next(box for box in BOXES if box.door == "review:comment")
    draft = reading.draft_in_review(world.house.questions["review"])
    reviewing.edit(draft=draft, base=1, text="One line.", note="Shorter.", by=world.house.people["second"], now=now)
    answer = world.post(box, world.form(box) | {"paragraph": "2", "text": "Which club?"})
    assert answer.status_code in {409, 422}
    assert "Which club?" in answer.content.decode()


def test_a_number_or_an_id_of_another_question_opens_nothing_here(world, now):
    """The comment of one question is not resolved at another's address; a version that only another has is none."""
    house, ruth, sam = world.house, world.clients["supervisor"], world.clients["advisor"]
    ours, theirs = house.rows["comment"]
    for question, comment in [("review", theirs), ("edited", ours)]:
        path = reverse("review:resolve", args=[house.questions[question].pk, comment])
        assert ruth.post(path).status_code in REFUSED
    assert Comment.objects.filter(resolved_at=None).count() == 2
    versions = reverse("desk:versions", args=[house.questions["held"].pk])
    assert sam.post(versions, {"number": "2", "base": "1"}).status_code in REFUSED  # "edited" has a second one
    write = partial(sam.post, reverse("desk:write", args=[house.questions["kept"].pk]))
    answer = write({"version": "4", "base": "1", "text": "I typed this."})
    assert (answer.status_code, "I typed this." in answer.content.decode()) == (403, True)
