"""Concerns from the workspace: about safety, about abuse, about somebody who works here."""

import pytest

from advisors.drafting import claiming, desk, writing
from advisors.drafting.models import Claim, Draft
from advisors.duty import presence
from advisors.safeguarding import board, raising
from advisors.safeguarding.models import Concern
from advisors.signoff import listing, triaging
from askpeer import history, outbox
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions import moves, states
from questions.models import Question
from tests.advisors.safeguarding.conftest import SAID, signed_in
from tests.factories import LeadFactory, PersonFactory, SupervisorFactory, TrusteeFactory
from tests.interleaving import before
from tests.questions.publication.shelf import LATER, published

pytestmark = pytest.mark.django_db
WORRY = "She writes that he has a key."


def anew(question):
    return Question.objects.get(pk=question.pk)


def raised(question, by, now, kind="safety", words=WORRY, version=None):
    version = version or question.version
    return raising.raise_concern(question=question, kind=kind, words=words, by=by, now=now, version=version)


def sent(mailoutbox, now):
    while outbox.relay(now=now):
        pass
    return sorted((mail.to[0], mail.subject) for mail in mailoutbox)


def test_about_safety_the_writing_goes_on_and_every_reviewer_is_told(held, advisor, ruth, lead, now, mailoutbox):
    concern = raised(held, advisor, now)
    assert (anew(held).status, anew(held).holder, concern.words) == ("in_progress", advisor, WORRY)
    assert sent(mailoutbox, now) == sorted((one.email, "An advisor is worried") for one in (ruth, lead))
    assert not any(WORRY in mail.body or str(held.pk) in mail.body for mail in mailoutbox)
    assert [row.words for row in board.waiting(ruth, now=now).concerns] == [WORRY]


def test_the_same_one_twice_is_told_once(held, advisor, now):
    raised(held, advisor, now)
    with pytest.raises(Stale, match="You have raised this already"):
        raised(held, advisor, now)
    assert (Concern.objects.count(), OutboxRow.objects.filter(kind="concern").count()) == (1, 1)


def test_settled_before_the_mail_left_nobody_is_told(held, advisor, ruth, now, mailoutbox):
    raising.settle(concern=raised(held, advisor, now), by=ruth, now=now)
    assert sent(mailoutbox, now) == []


def test_an_abusive_question_leaves_and_passes_triage_again(held, advisor, ruth, now):
    writing.save(question=held, kind="answer", text="Dear you.", details=[], base=0, by=advisor, now=now)
    raised(held, advisor, now, kind="abusive", words="")
    row = anew(held)
    assert (row.status, row.holder, row.about_staff) == ("new", None, False)
    assert (Claim.objects.get().released_at, Draft.objects.get().number) == (now, 1)
    assert [item.question for item in triaging.waiting(ruth, now=now).questions.items] == [held]
    presence.go_on(person=ruth, now=now)
    with pytest.raises(Refused):
        claiming.claim(question=row, by=advisor, version=row.version, now=now)


def test_after_triage_it_waits_on_the_desk_again(held, advisor, ruth, now):
    raised(held, advisor, now, kind="abusive", words="")
    row = anew(held)
    triaging.pass_on(question=row, version=row.version, summary="At home.", content_notes=[], by=ruth, now=now)
    claiming.assign(question=row, to=advisor, by=ruth, version=row.version, now=now)
    assert (row.status, Claim.objects.filter(released_at=None).count()) == ("in_progress", 1)


def test_its_words_stand_folded_away_until_somebody_shows_them(held, advisor, ruth, noon, now):
    browser, path = signed_in(ruth), f"/review/{held.pk}/triage/"
    assert "Show their words" not in browser.get(path).content.decode()
    concern = raised(held, advisor, now, kind="abusive", words="")
    page = browser.get(path).content.decode()
    folded = page[page.index("<summary>Show their words") :]
    assert SAID in folded[: folded.index("</details>")]
    raising.settle(concern=concern, by=ruth, now=now)
    assert "Show their words" not in browser.get(path).content.decode()


@pytest.mark.parametrize("status", ["in_progress", "changes_requested", "in_review", "pending_asker"])
def test_about_staff_it_leaves_from_wherever_it_is_held(held, advisor, ruth, lead, now, status, mailoutbox):
    if status == "in_review":
        writing.save(question=held, kind="answer", text="Dear you.", details=[], base=0, by=advisor, now=now)
        Draft.objects.update(submitted_at=now)
    Question.objects.filter(pk=held.pk).update(status=status)
    raised(anew(held), advisor, now, kind="staff", words="He names Ruth.")
    row = anew(held)
    assert (row.status, row.holder, row.about_staff) == ("new", None, True)
    assert Draft.objects.filter(submitted_at__isnull=False).count() == 0
    assert sent(mailoutbox, now) == [(lead.email, "About someone who works here")]


def test_about_staff_it_is_on_no_list_but_the_leads(held, advisor, ruth, lead, now):
    raised(held, advisor, now, kind="staff", words="He names Ruth.")
    assert [item.question for item in triaging.waiting(lead, now=now).questions.items] == [held]
    assert triaging.waiting(ruth, now=now).questions.items == []
    assert (board.waiting(ruth, now=now).concerns, len(board.waiting(lead, now=now).concerns)) == ([], 1)
    assert (desk.cards(advisor, now=now), listing.to_assign(ruth), listing.behind(ruth, now=now)) == ([], [], [])
    with pytest.raises(Refused):
        raising.settle(concern=Concern.objects.get(), by=ruth, now=now)


def test_an_offer_to_its_writer_goes_too(held, advisor, now):
    Question.objects.filter(pk=held.pk).update(offered_to=advisor)
    raised(anew(held), advisor, now, kind="abusive", words="")
    assert anew(held).offered_to is None


@pytest.mark.django_db(transaction=True)
def test_where_nobody_may_read_about_staff_it_stays_and_the_manager_is_told(
    held, advisor, lead, manager, now, mailoutbox
):
    lead.role = "supervisor"
    lead.save()
    with pytest.raises(Refused, match="Nobody here may read about a colleague right now"):
        raised(held, advisor, now, kind="staff", words="He names Ruth.")
    row = anew(held)
    assert (row.status, row.holder, row.about_staff, Concern.objects.count()) == ("in_progress", advisor, False, 0)
    assert sent(mailoutbox, now) == [(manager.email, "Nobody can read about colleagues")]


@pytest.mark.parametrize("kind", ["safety", "abusive", "staff"])
def test_only_who_holds_it_raises(held, kind, now):
    for other in (PersonFactory(), SupervisorFactory(), LeadFactory()):
        with pytest.raises(Refused, match="You no longer hold this question"):
            raised(held, other, now, kind=kind)
    assert Concern.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"words": " "}, "Write what worries you, so that a supervisor knows where to look."),
        ({"words": "x" * 1501}, "This can have 1,500 characters at most. It has 1,501."),
        ({"kind": "boring"}, "Choose what this is about."),
    ],
)
def test_what_will_not_do_is_refused_with_its_sentence(held, advisor, now, values, sentence):
    with pytest.raises(Refused) as refusal:
        raised(held, advisor, now, **values)
    assert (str(refusal.value), Concern.objects.count()) == (sentence, 0)


def test_a_page_made_before_the_question_moved_raises_nothing(held, advisor, now):
    with pytest.raises(Stale):
        raised(held, advisor, now, version=held.version - 1)
    assert Concern.objects.count() == 0


def test_it_is_settled_once(held, advisor, ruth, lead, now):
    concern = raised(held, advisor, now)
    raising.settle(concern=concern, by=ruth, now=now)
    with pytest.raises(Stale, match="Someone else has already settled this"):
        raising.settle(concern=concern, by=lead, now=now)
    assert Concern.objects.get().settled_by == ruth
    rows = [(row.kind, row.facts) for row in history.of(held.subject) if row.kind.startswith("concern")]
    assert rows == [("concern", {"kind": "safety"}), ("concern_settled", {"kind": "safety"})]


@pytest.mark.parametrize("make", [PersonFactory, TrusteeFactory])
def test_others_settle_nothing(held, advisor, make, now):
    concern = raised(held, advisor, now)
    with pytest.raises(Refused):
        raising.settle(concern=concern, by=make(), now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_what_waits_costs_the_same_whatever_its_length(held, advisor, lead, now, count, django_assert_num_queries):
    for _ in range(count):
        Concern.objects.create(round=held.round, kind="safety", words=WORRY, by=advisor, at=now)
    with django_assert_num_queries(3):
        assert [row.words for row in board.waiting(lead, now=now).concerns] == [WORRY] * count


@pytest.fixture
def pages(held, advisor, noon):
    return signed_in(advisor), f"/desk/{held.pk}/concern/"


def test_the_page_raises_it_and_leads_back_to_the_writing(pages, held):
    browser, path = pages
    answer = browser.post(path, {"kind": "safety", "words": WORRY, "version": held.version})
    assert (answer.url, Concern.objects.get().words) == (f"/desk/{held.pk}/write/", WORRY)


def test_what_leaves_them_leads_to_the_desk(pages, held):
    browser, path = pages
    answer = browser.post(path, {"kind": "abusive", "words": "", "version": held.version})
    assert (answer.url, anew(held).status) == ("/desk/", states.NEW)


@pytest.mark.parametrize(
    ("sent_in", "status"),
    [({"words": "y" * 1501}, 422), ({"words": "", "kind": "safety"}, 422), ({"words": WORRY, "version": 1}, 409)],
)
def test_what_will_not_do_is_given_back(pages, held, sent_in, status):
    browser, path = pages
    answer = browser.post(path, {"kind": "safety", "version": held.version} | sent_in)
    assert (answer.status_code, sent_in["words"] in answer.content.decode()) == (status, True)
    assert (Concern.objects.count(), b"There is a problem" in answer.content) == (0, True)


def test_whoever_lost_the_question_keeps_their_words(pages, held, now):
    browser, path = pages
    moves.move(held, states.OPEN, by=moves.SERVICE, now=now)
    answer = browser.post(path, {"kind": "safety", "words": WORRY, "version": held.version})
    assert (answer.status_code, WORRY in answer.content.decode()) == (403, True)


def test_signed_out_they_keep_their_words(held, client):
    answer = client.post(f"/desk/{held.pk}/concern/", {"kind": "safety", "words": WORRY, "version": 3})
    assert (answer.status_code, WORRY in answer.content.decode()) == (403, True)


def test_of_two_who_settle_at_once_one_is_told(held, advisor, ruth, lead, now):
    concern = raised(held, advisor, now)
    with (
        before(
            "UPDATE",
            "safeguarding_concern",
            lambda: Concern.objects.update(settled_at=now, settled_by=lead),
        ),
        pytest.raises(Stale, match="Someone else has already settled this"),
    ):
        raising.settle(concern=concern, by=ruth, now=now)


READ_BY_ALL = ["new", "open", "in_progress", "changes_requested", "in_review", "pending_asker", "answered"]


@pytest.mark.parametrize("status", READ_BY_ALL)
def test_a_supervisor_who_reads_it_gives_it_to_the_lead(held, advisor, ruth, lead, now, status, mailoutbox):
    unheld = status in {"new", "open"}
    Question.objects.filter(pk=held.pk).update(status=status, holder=None if unheld else advisor)
    raising.give_to_lead(question=anew(held), version=held.version, by=ruth, now=now)
    row = anew(held)
    assert (row.about_staff, row.status) == (True, "answered" if status == "answered" else "new")
    assert sent(mailoutbox, now) == [(lead.email, "About someone who works here")]
    with pytest.raises(Refused, match="You cannot open this question"):
        raising.give_to_lead(question=row, version=row.version, by=ruth, now=now)


def test_the_only_lead_may_say_so_too_and_once(held, lead, now):
    raising.give_to_lead(question=anew(held), version=held.version, by=lead, now=now)
    with pytest.raises(Stale, match="Somebody has said so already"):
        raising.give_to_lead(question=anew(held), version=anew(held).version, by=lead, now=now)
    assert Concern.objects.count() == 1


def test_an_advisor_does_not_say_so_of_what_they_do_not_hold(held, now):
    with pytest.raises(Refused, match="Only a supervisor or the safeguarding lead"):
        raising.give_to_lead(question=held, version=held.version, by=PersonFactory(), now=now)


@pytest.mark.parametrize(("version", "status"), [("", 409), ("x", 409), ("9" * 99, 409), (None, 302)])
def test_from_triage_it_leaves_their_lists(held, ruth, noon, version, status):
    browser, where = signed_in(ruth), f"/review/safeguarding/{held.pk}/about-staff/"
    assert f'action="{where}"' in browser.get(f"/review/{held.pk}/triage/").content.decode()
    answer = browser.post(where, {"version": held.version if version is None else version})
    assert (answer.status_code, anew(held).about_staff) == (status, status == 302)


def test_what_it_gave_to_the_library_leaves_it(calendar, ruth, lead):
    publication = published()
    question = publication.question
    raising.give_to_lead(question=question, version=question.version, by=ruth, now=LATER)
    publication.refresh_from_db()
    assert (publication.status, publication.answer_text) == ("anonymised", "")
