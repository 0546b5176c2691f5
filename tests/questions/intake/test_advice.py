"""What a question's page says before anything else to somebody who may not be safe: what partners' pages say too."""

from html import unescape

import pytest

from askpeer import receipts
from questions import moves
from questions.models import Signpost, SignpostChannel
from questions.partners import keys
from questions.partners.models import Partner
from tests.factories import NOW, make_question
from tests.questions.intake.test_verbs import SUPERVISOR, answered
from tests.questions.partners.conftest import Caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOT_ALONE = "You don't have to wait for us. Talk to someone now."
NO_LINES = (
    "We don't know the help lines there. If you're in danger, ring the emergency number where you are. Or go to "
    "someone you trust and tell them."
)
LINK = f'<a href="#people">{NOT_ALONE}</a>'
ADVICE = {"GB-ENG": [NOT_ALONE], "other": [NOT_ALONE, NO_LINES], "FR-IDF": [NOT_ALONE, NO_LINES]}
OURS = ["999", "0800 1111", "Childline", "Shout"]


@pytest.fixture
def club(topic):
    """What the topic's directory has abroad, in a country whose help lines we do not know."""
    row = Signpost.objects.create(slug="club", name="Club", summary="Meets.", country="FR")
    SignpostChannel.objects.create(signpost=row, kind="phone", value="0033 222")
    row.topics.add(topic)


def waiting(now, **values):
    return make_question(now=now, **values)


def redirected(now, **values):
    question = make_question(now=now, **values)
    moves.move(question, "redirected", by=SUPERVISOR, now=now)
    return question


@pytest.fixture
def both(site, club, topic):
    """Make a partner's question with this maker; return its own page, and what the API tells the partner of it."""
    partner = Partner.objects.create(name="Harbour Youth", slug="harbour")
    caller = Caller(site, keys.issue(partner=partner, scopes=["read"], now=NOW))

    def open_with(make, **values):
        receipt = receipts.draw()
        make(NOW, receipt=receipt, partner=partner, topic=topic, **values)
        page = site.post("/my-question/", {"receipt": receipt}, follow=True).content.decode()
        return unescape(page), caller.post("questions/read/", {"receipt": receipt}).json()

    return open_with


def said(text):
    """The advice that stands in this text, each as often as it does."""
    return [advice for advice in (NOT_ALONE, NO_LINES) for _ in range(text.count(advice))]


@pytest.mark.parametrize("make", [waiting, redirected, answered])
@pytest.mark.parametrize("nation", ["GB-ENG", "other", "FR-IDF"])
@pytest.mark.parametrize("level", ["amber", "red"])
def test_the_page_gives_the_advice_that_partners_are_given_and_gives_it_first(both, level, nation, make):
    page, told = both(make, level=level, nation=nation)
    safety = told["safety"]
    above, status, below = page.partition(told["status_text"])
    assert bool(status)
    assert (said(above), said(below)) == (ADVICE[nation], [])
    assert said(f"{safety['title']} {safety['text']}") == ADVICE[nation]


@pytest.mark.parametrize("make", [waiting, redirected, answered])
@pytest.mark.parametrize("nation", ["GB-ENG", "other", "FR-IDF"])
def test_a_green_question_is_left_without_it(both, nation, make):
    page, told = both(make, level="green", nation=nation)
    safety = told["safety"] or {"title": "", "text": ""}
    assert (said(page), said(f"{safety['title']} {safety['text']}")) == ([], [])


@pytest.mark.parametrize("make", [waiting, redirected, answered])
@pytest.mark.parametrize(("nation", "linked"), [("GB-ENG", True), ("other", False), ("FR-IDF", False)])
def test_only_our_own_services_are_whom_to_talk_to_now(both, nation, linked, make):
    page, _ = both(make, level="red", nation=nation)
    assert (LINK in page, any(name in page for name in OURS)) == (linked, linked)


def test_a_club_abroad_is_named_below_as_who_can_help_and_not_as_reached_now(both):
    page, _ = both(redirected, level="red", nation="FR-IDF")
    order = [page.index(text) for text in (NOT_ALONE, NO_LINES, "People who can help", "tel:0033222")]
    assert (order, "People you can reach now" in page) == (sorted(order), False)


READER = "From now on, only the person in charge of safety here looks after this."


@pytest.mark.parametrize("make", [waiting, redirected, answered])
@pytest.mark.parametrize("nation", ["other", "FR-IDF"])
@pytest.mark.parametrize(("level", "first"), [("green", [NO_LINES]), ("red", [NOT_ALONE, NO_LINES])])
def test_about_somebody_here_it_is_said_once(both, level, first, nation, make):
    page, told = both(make, level=level, nation=nation, about_staff=True)
    assert (said(page), page.count(READER)) == (first, 1)
    assert told["outside"]["text"] == f"{READER} {NO_LINES}"
