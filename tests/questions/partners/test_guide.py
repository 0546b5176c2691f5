"""The examples of docs/api.md, run as they are written in each of their languages, and the figures it states."""

import inspect
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from askpeer import receipts, webhook
from questions import states
from questions.intake import asking, feedback, following, replying
from questions.models import Question, Topic
from questions.partners import hooks, idempotency, keys
from questions.partners.api import parsers
from questions.partners.api.problems import KINDS
from questions.partners.api.serializers import LibraryIn
from questions.partners.models import Partner
from questions.publication import consenting, searching
from tests.factories import NOW
from tests.questions.partners import guide, matrix
from tests.questions.publication import shelf

RUN = ("sh", "python", "js")
NO_COMMANDS = {"html", "json"}
EVENT = {"type": "library.published", "timestamp": "2026-11-16T11:00:00Z", "data": {"slug": "lunch-alone"}}


def signed(*, secret, old=timedelta()):
    """A webhook as our own sender makes it, as old as that by the clock on the wall: scripts know no other."""
    at = datetime.fromtimestamp(time_machine.escape_hatch.time.time(), UTC) - old
    post = webhook.Post("https://partner.example/", secret, json.dumps(EVENT).encode(), "key", at)
    headers = {name.lower(): value for name, value in post.headers().items()}
    return {"secret": secret, "body": post.body.decode(), "headers": headers}


def with_signature(one, change):
    headers = one["headers"]
    return one | {"headers": headers | {"webhook-signature": change(headers["webhook-signature"])}}


def webhooks():
    """What a receiver may get, and whether it is to be taken."""
    secret, other = webhook.new_secret(), webhook.new_secret()
    good, strange = signed(secret=secret), signed(secret=other)["headers"]["webhook-signature"]
    return [
        (good, True),
        (with_signature(good, lambda ours: f"{ours} {strange}"), True),
        (with_signature(good, lambda ours: f"{strange} {ours}"), True),
        (with_signature(good, lambda ours: strange), False),
        (with_signature(good, lambda ours: ""), False),
        (with_signature(good, lambda ours: ours[:-4]), False),
        (good | {"body": good["body"].replace("lunch", "lunge")}, False),
        (good | {"headers": good["headers"] | {"webhook-id": "msg_1"}}, False),
        (good | {"headers": good["headers"] | {"webhook-timestamp": "soon"}}, False),
        (signed(secret=secret, old=timedelta(minutes=4)), True),
        (signed(secret=secret, old=timedelta(seconds=301)), False),
        (signed(secret=secret, old=timedelta(minutes=-6)), False),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_gets_from_the_hours_to_the_library_in_every_language(
    live_server, partner, secret, tmp_path, settings
):
    settings.LEDGER = tmp_path / "erased.txt"
    Topic.objects.filter(slug="lonely").delete()
    slug = shelf.published(topic=Topic.objects.create(slug="lonely", label="Lonely")).slug
    cases, taken = zip(*webhooks(), strict=True)
    told = {name: guide.run(name, url=live_server.url, secret=secret, webhooks=cases) for name in RUN}
    for name, found in told.items():
        assert found.printed == [
            "2026-11-19T18:00:00Z",
            "Lonely",
            "new",
            "We've got your question. We promised you an answer by 6pm on Thursday 19 November.",
            "You can write again once your answer is here, and until the question closes.",
            "Your question has been erased. We can't get it back. You can always ask a new one.",
            shelf.TEXTS["title"],
            shelf.TEXTS["question_text"],
        ], name
        assert found.held["again"] == found.held["asked"]
        assert found.held["thread"]["messages"][0]["text"] == "I moved here in June and I eat my lunch alone."
        assert [item["slug"] for item in found.held["found"]["items"]] == [slug]
        assert Question.objects.get(pk=found.held["asked"]["id"]).wrapped_key is None
    ids = {found.held["asked"]["id"] for found in told.values()}
    assert {str(pk) for pk in partner.question_set.values_list("pk", flat=True)} == ids
    assert shape(told["sh"].held) == shape(told["python"].held) == shape(told["js"].held)
    assert told["sh"].verdicts == [list(taken)]
    assert told["js"].verdicts == [[EVENT if good else "Error" for good in taken]]
    by_hand, by_package = told["python"].verdicts
    assert by_hand == [EVENT if good else "ValueError" for good in taken]
    assert by_package == [EVENT if good else "WebhookVerificationError" for good in taken]


def shape(found):
    """Names and types, all the way down."""
    if isinstance(found, dict):
        return {name: shape(value) for name, value in found.items()}
    return [shape(value) for value in found] if isinstance(found, list) else type(found)


def test_every_block_is_run_or_plainly_no_command():
    languages = [language for language, _ in guide.fences()]
    assert set(languages) == {*RUN, *NO_COMMANDS}
    assert [languages.count(name) for name in RUN] == [9, 9, 8]  # sh: where the service is; python: the package


def test_the_two_lines_for_a_page_of_ones_own_lead_to_pages_of_ours(client, calendar):
    button, search = guide.blocks("html")
    (asks,) = re.findall(r'href="http://localhost:8000(/[^"]*)" referrerpolicy="origin"', button)
    (searches,) = re.findall(r'action="http://localhost:8000(/[^"]*)" method="get"', search)
    assert (client.get(asks).status_code, client.get(searches, {"q": "lunch"}).status_code) == (200, 200)
    assert re.findall("script|iframe|style", button + search) == []


@pytest.mark.django_db
def test_what_waits_to_be_read_has_the_names_and_types_of_the_example(api, partner):
    receipt = receipts.draw()
    question = matrix.answered(receipt=receipt, partner=partner, text="Ask one.")
    consenting.consent(question=question, round_number=1, choice="show_me", now=NOW)
    shelf.edited(question.publications.get())
    read = api.post("questions/read/", {"receipt": receipt}).json()
    (example,) = [found for found in map(json.loads, guide.blocks("json")) if "consent" in found]
    assert shape(example["consent"]) == shape(read["consent"])


def rows(section):
    """The rows of the table in a section, as cells."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", guide.GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", text, re.M)][2:]


def test_every_kind_of_problem_stands_in_its_table_and_leads_to_its_remedy():
    told = {kind: int(status) for kind, status, _ in rows("Problems")}
    assert told == {
        f"[`{kind.slug}`](http://localhost:8000/api/v1/docs/#{kind.slug})": kind.status for kind in KINDS.values()
    }


def test_every_limit_is_the_one_that_the_service_keeps(settings):
    most = Partner._meta.get_field("requests_a_minute").default
    most_on_a_page = inspect.signature(searching.find).parameters["limit"].default
    longest_search = LibraryIn().fields["q"].max_length
    assert following.LIMIT == replying.LIMIT
    assert rows("Limits") == [
        ["requests with all your keys together", f"{most} a minute, or as agreed"],
        ["a request's body", f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20} MiB, {parsers.DEEPEST} levels deep"],
        ["a question's `text`", f"{asking.LIMIT:,} characters"],
        ["`text` of a follow-up or a reply", f"{following.LIMIT:,} characters"],
        ["`words` of feedback", f"{feedback.LIMIT:,} characters"],
        ["follow-ups of a question", str(states.FOLLOW_UPS)],
        ["`q` of a search", f"{longest_search} characters"],
        ["a page of the library", f"{most_on_a_page} answers"],
        ["an `Idempotency-Key`", f"{idempotency.LONGEST} characters of ASCII"],
        ["the same request sent again", f"{settings.IDEMPOTENCY_KEPT // timedelta(hours=1)} hours"],
        ["live keys of a partner", str(keys.LIVE_KEYS)],
        ["webhooks of a partner", str(hooks.MOST)],
    ]
