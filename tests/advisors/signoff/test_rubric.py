import pytest

from advisors.models import Person
from advisors.signoff import levels, marking, reviewing
from advisors.signoff.models import Approval, Rubric
from askpeer.errors import Refused
from questions.models import Message
from tests.advisors.signoff.conftest import DRAFT, SMALL_EDIT, row, waiting
from tests.factories import FINE, SupervisorFactory

pytestmark = pytest.mark.django_db
PHRASE = "it says nothing bad about you"
WHOLE = marking.Marks(True, True, 2, 1, 0, personal=True, within_limits=False, phrase=PHRASE)


@pytest.fixture
def answered(advisor):
    """Let the advisor have given this many answers."""

    def give(count):
        Person.objects.filter(pk=advisor.pk).update(answers_given=count)
        return advisor

    return give


def approve(draft, by, now, marks):
    return reviewing.approve(draft=waiting(row(draft)), number=1, by=by, now=now, marks=marks)


def kept():
    found = Rubric.objects.select_related("version__draft__round__question").get()
    return marking.Marks(**{name: getattr(found, name) for name in marking.Marks._fields})


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        (FINE._replace(safe=False), "Tick that it is safe. If it isn't, ask for changes instead."),
        (FINE._replace(accurate=False), "Tick that it is accurate. If it isn't, ask for changes instead."),
    ],
)
@pytest.mark.parametrize("count", [0, 20])
def test_what_is_not_safe_or_not_accurate_is_never_signed(in_review, now, ruth, answered, marks, sentence, count):
    draft = in_review()
    answered(count)
    with pytest.raises(Refused) as refused:
        approve(draft, ruth, now, marks)
    assert (str(refused.value), Approval.objects.count(), Rubric.objects.count()) == (sentence, 0, 0)


@pytest.mark.parametrize(
    ("given", "asked"),
    [(0, True), (4, True), (5, False), (8, False), (9, True), (10, False), (14, True), (15, False), (20, False)],
)
def test_the_first_five_and_one_in_five_after_are_marked_in_full(in_review, now, ruth, answered, given, asked):
    draft = in_review()
    answered(given)
    if asked:
        with pytest.raises(Refused, match="This time the whole rubric is asked for"):
            approve(draft, ruth, now, FINE)
    approve(draft, ruth, now, WHOLE if asked else FINE)
    assert row(draft).status == "answered"


def test_the_whole_rubric_is_kept_with_the_words_that_worked(in_review, now, ruth, answered):
    answered(0)
    approve(in_review(), ruth, now, WHOLE)
    found = Rubric.objects.get()
    assert (kept(), found.by, found.at) == (WHOLE, ruth, now)


def test_what_was_not_asked_for_is_not_kept(in_review, now, ruth):
    approve(in_review(), ruth, now, WHOLE._replace(phrase="Words that are nowhere."))
    assert Rubric.objects.values_list("safe", "accurate", "reaction", "personal").get() == (True, True, None, None)
    assert Rubric.objects.filter(phrase__isnull=True).count() == 1


def test_it_is_asked_once_more_for_each_answer_that_was_sent(in_review, now, ruth, answered, advisor):
    answered(4)
    approve(in_review(), ruth, now, WHOLE)
    approve(in_review(), ruth, now, FINE)
    assert Person.objects.get(pk=advisor.pk).answers_given == 6


def test_a_clarifying_question_is_no_answer(in_review, now, ruth, answered, advisor):
    draft = in_review(kind="clarification", text="Is there one person you like?", email="someone@example.org")
    answered(0)
    approve(draft, ruth, now, FINE)
    assert Person.objects.get(pk=advisor.pk).answers_given == 0


def test_a_supervisors_own_answer_is_marked_for_safety_and_accuracy_alone(in_review, now, ruth, omar):
    Person.objects.update(answers_given=0)
    approve(in_review(by=omar), ruth, now, FINE)
    assert Message.objects.get(kind="answer").text == DRAFT


def test_the_second_signature_does_not_mark_it_again(in_review, now, ruth, lead, answered):
    draft = in_review(level="red")
    answered(0)
    approve(draft, ruth, now, WHOLE)
    approve(draft, lead, now, FINE)
    assert list(Rubric.objects.order_by("reaction").values_list("by__alias", "reaction")) in (
        [("Lena", None), ("Ruth", 2)],
        [("Ruth", 2), ("Lena", None)],
    )


@pytest.mark.parametrize("missing", ["reaction", "interpretation", "exploration", "personal", "within_limits"])
def test_every_line_is_marked(in_review, now, ruth, answered, missing):
    draft = in_review()
    answered(0)
    with pytest.raises(Refused, match="Mark every line of it"):
        approve(draft, ruth, now, WHOLE._replace(**{missing: None}))


@pytest.mark.parametrize("level", [-1, 3])
def test_a_mark_is_0_1_or_2(in_review, now, ruth, answered, level):
    draft = in_review()
    answered(0)
    with pytest.raises(Refused, match="Mark every line of it"):
        approve(draft, ruth, now, WHOLE._replace(reaction=level))


@pytest.mark.parametrize(
    ("phrase", "sentence"),
    [
        (" \n", "Copy the words that worked out of the draft. The author sees them later."),
        ("it says nothing good", "The words that worked have to stand in the draft, exactly like that."),
        ("x" * 201, "The words that worked can have 200 characters at most. These have 201."),
    ],
)
def test_the_words_that_worked_stand_in_the_draft(in_review, now, ruth, answered, phrase, sentence):
    draft = in_review()
    answered(0)
    with pytest.raises(Refused) as refused:
        approve(draft, ruth, now, WHOLE._replace(phrase=phrase))
    assert str(refused.value) == sentence


@pytest.mark.parametrize("phrase", ["about **you** & me", "about you & me", "about you\n & me", DRAFT[:200]])
def test_they_may_be_copied_as_typed_or_as_read(in_review, now, ruth, answered, phrase):
    draft = in_review(text=f"{DRAFT[:200]} It is about **you** & me.")
    answered(0)
    approve(draft, ruth, now, WHOLE._replace(phrase=phrase))
    assert Rubric.objects.count() == 1


def test_signing_again_after_a_void_marks_it_anew(in_review, now, ruth, lead, omar, answered):
    draft = in_review(level="red")
    answered(0)
    approve(draft, ruth, now, WHOLE)
    Approval.objects.update(voided_at=now)
    approve(draft, ruth, now, WHOLE._replace(reaction=0))
    assert kept().reaction == 0


def test_a_press_that_sends_what_was_signed_before_leaves_its_marks(in_review, now, ruth, answered):
    draft = in_review(level="red")
    answered(0)
    approve(draft, ruth, now, WHOLE)
    levels.lower_level(question=row(draft), level="amber", reason="Safe tonight.", by=SupervisorFactory(), now=now)
    approve(draft, ruth, now, FINE)
    assert (row(draft).status, kept()) == ("answered", WHOLE)


def test_an_edit_is_a_wording_of_its_own(in_review, now, ruth, omar, answered):
    draft = in_review(level="amber")
    answered(0)
    reviewing.edit(draft=draft, base=1, text=SMALL_EDIT, by=omar, now=now)
    reviewing.approve(draft=waiting(row(draft)), number=2, by=ruth, now=now, marks=WHOLE)
    assert Rubric.objects.get().version.number == 2
