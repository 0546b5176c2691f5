"""The queue of drafts: what stands where, what is told of each, what Review next takes."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.signed_cookies import SessionStore

from advisors.beside import sitting
from advisors.models import Person
from advisors.signoff import listing, reviewing, skipping
from advisors.signoff.models import Reviewing
from askpeer.errors import Refused
from questions.models import Question, Round
from tests.advisors.signoff.conftest import row, waiting
from tests.factories import FINE, PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
NOTHING = "Nothing is waiting for your review right now"


def place(draft, **changes):
    """Set what the queue reads of this draft's round."""
    Round.objects.filter(pk=draft.round.pk).update(**changes)
    return draft


def order(person, now, **more):
    return [item.draft for item in reviewing.queue(person, now=now, **more).items]


@pytest.mark.parametrize("warned", ["at_risk", "at_risk_again"])
def test_red_then_the_buddys_then_late_and_at_risk_then_what_is_due_soonest(in_review, now, advisor, ruth, warned):
    day, jaz = timedelta(days=1), PersonFactory(buddy=ruth)
    calm = in_review()
    due = calm.round.due_at
    place(calm, due_at=due + day)
    sooner = place(in_review(), due_at=due + day - timedelta(seconds=1))
    at_risk = place(in_review(), due_at=due + 2 * day, reached=warned)
    late = place(in_review(), due_at=due)
    mine = place(in_review(by=jaz), due_at=due + 3 * day)
    red = place(in_review(level="red"), due_at=due + 4 * day)
    assert order(ruth, due) == [red, mine, late, at_risk, sooner, calm]
    assert order(ruth, due - timedelta(seconds=1)) == [red, mine, at_risk, late, sooner, calm]


def test_a_page_goes_on_where_the_last_one_ended(in_review, now, ruth, monkeypatch):
    monkeypatch.setattr(listing, "SIZE", 2)
    drafts = [place(in_review(), due_at=now + timedelta(days=9 + number)) for number in range(3)]
    Question.objects.filter(pk=drafts[2].round.question_id).update(level="red")
    first = reviewing.queue(ruth, now=now)
    assert [item.draft for item in first.items] == [drafts[2], drafts[0]]
    assert order(ruth, now, cursor=first.cursor) == [drafts[1]]
    assert reviewing.queue(ruth, now=now, cursor=first.cursor).cursor == ""


def test_each_draft_tells_what_its_reviewer_should_know(in_review, now, ruth, omar):
    jaz = PersonFactory(alias="Jaz", born_on=now.date().replace(year=2009), buddy=ruth)
    draft = in_review(by=jaz)
    item = reviewing.queue(ruth, now=now).items[0]
    assert (item.writer, item.young, item.buddy, item.insisted, item.escalated) == (jaz, True, True, False, "")
    draft.insisted = "They asked for the number."
    draft.save(update_fields=["insisted"])
    item = reviewing.queue(omar, now=now).items[0]
    assert (item.buddy, item.insisted) == (False, True)


def test_review_next_takes_the_pinned_order_and_steps_over_what_was_skipped(in_review, now, ruth):
    calm, red = in_review(), in_review(level="red")
    assert reviewing.take_next(by=ruth, now=now) == red
    assert reviewing.take_next(by=ruth, now=now, skipped={red.pk}) == calm
    with pytest.raises(Refused, match=NOTHING):
        reviewing.take_next(by=ruth, now=now, skipped={red.pk, calm.pk})


def test_review_next_reads_on_past_the_first_page(in_review, now, ruth, monkeypatch):
    monkeypatch.setattr(listing, "SIZE", 1)
    drafts = [place(in_review(), due_at=now + timedelta(days=9 + number)) for number in range(3)]
    assert reviewing.take_next(by=ruth, now=now, skipped={draft.pk for draft in drafts[:2]}) == drafts[2]


def test_review_next_leads_to_nothing_that_one_may_not_sign_yet(in_review, now, ruth, omar):
    draft = in_review(level="red")
    reviewing.approve(draft=draft, number=1, by=omar, now=now, marks=FINE)
    with pytest.raises(Refused, match=NOTHING):
        reviewing.take_next(by=ruth, now=now)
    assert reviewing.take_next(by=SupervisorFactory(deputy=True), now=now) == draft


def test_whoever_skips_frees_it_for_others(in_review, now, ruth, omar):
    draft = in_review()
    reviewing.start(draft=draft, by=ruth, now=now)
    reviewing.stop(draft=draft, by=omar)
    assert Reviewing.objects.get().person == ruth
    reviewing.stop(draft=draft, by=ruth)
    assert Reviewing.objects.count() == 0


def test_a_skip_lasts_half_an_hour_and_can_be_undone(in_review, now):
    session, draft, other = SessionStore(), in_review().pk, in_review().pk
    until = skipping.skip(session, draft, now=now)
    skipping.skip(session, other, now=now + timedelta(minutes=1))
    assert until == now + timedelta(minutes=30)
    assert set(skipping.current(session, now=until - timedelta(seconds=1))) == {draft, other}
    assert set(skipping.current(session, now=until)) == {other}
    skipping.undo(session, other, now=now + timedelta(minutes=2))
    assert set(skipping.current(session, now=now + timedelta(minutes=2))) == {draft}


@pytest.fixture
def by_jaz(in_review, now):
    """An answer by Jaz, one of the first five, which should have been written side by side; Daniel is the buddy."""
    daniel = SupervisorFactory(alias="Daniel")
    jaz = PersonFactory(alias="Jaz", buddy=daniel, answers_given=0)
    draft = in_review(by=jaz)
    Person.objects.filter(pk=jaz.pk).update(answers_given=0)
    return waiting(row(draft)), daniel


def test_the_buddy_reads_it_first_and_after_half_of_the_reviews_time_anybody_can(by_jaz, now, ruth):
    draft, daniel = by_jaz
    until = sitting.buddys_until(row(draft))
    marks = FINE._replace(
        reaction=1, interpretation=1, exploration=1, personal=True, within_limits=True, phrase="Eating lunch alone"
    )
    act = {"draft": draft, "number": 1, "by": ruth, "marks": marks}
    with pytest.raises(Refused, match=r"^Jaz's buddy Daniel reads this one first\. After .* anybody can\.$"):
        reviewing.approve(now=until - timedelta(seconds=1), **act)
    with pytest.raises(Refused, match=NOTHING):
        reviewing.take_next(by=ruth, now=now)
    assert reviewing.take_next(by=daniel, now=now) == draft
    reviewing.approve(now=until, **act)
    assert row(draft).status == "answered"


def test_a_small_edit_by_another_waits_for_the_buddy_too(by_jaz, now, ruth):
    draft, _ = by_jaz
    version = draft.versions.get()
    version.draft = draft
    reviewing.edit(draft=draft, base=1, text=version.text.replace("is hard", "is really hard"), by=ruth, now=now)
    with pytest.raises(Refused, match="Jaz's buddy Daniel reads this one first"):
        reviewing.accept(draft=waiting(row(draft)), number=2, by=row(draft).holder, now=now)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_with_everything_told(in_review, now, ruth, lead, count, django_assert_num_queries):
    for _ in range(count):
        draft = in_review(by=PersonFactory(buddy=ruth), level="red")
        reviewing.start(draft=draft, by=ruth, now=now)
        reviewing.escalate(draft=draft, number=1, reason="Look.", by=lead, now=now)
        reviewing.approve(draft=waiting(row(draft)), number=1, by=lead, now=now, marks=FINE)
    with django_assert_num_queries(3):
        told = [(item.escalated, item.buddy, item.first.alias) for item in reviewing.queue(ruth, now=now).items]
        assert told == [("Lena", True, "Lena")] * count
