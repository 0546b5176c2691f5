from datetime import timedelta

import pytest

from askpeer import history
from askpeer.errors import Refused, Stale
from askpeer.models import OutboxRow
from questions.partners import hooks
from questions.partners.models import Partner
from questions.publication import anonymising, hiding, searching, withdrawing
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory, TopicFactory
from tests.questions.publication.shelf import LATER, TEXTS, agreed, edited, published

pytestmark = pytest.mark.django_db


def test_an_edit_writes_the_public_text_and_who_wrote_it(calendar):
    editor, topic = SupervisorFactory(), TopicFactory()
    publication = edited(agreed(), by=editor, topic=topic, title="  A   name\r\n", keywords=["lunch", "", "lunch"])
    publication.refresh_from_db()
    assert (publication.status, publication.version, publication.draft.title) == ("anonymised", 2, "A   name")
    assert (publication.edited_by, publication.checked_by, publication.updated_at) == (editor, None, NOW)
    assert (publication.topic, publication.draft.keywords) == (topic, ["lunch"])
    entry = history.of(publication.subject)[-1]
    assert (entry.kind, entry.actor, entry.facts) == ("anonymised", editor.name, {"version": 2})


def test_editing_a_published_answer_takes_it_off_the_library_until_it_is_checked_again(calendar):
    publication = published(title="Sitting alone at lunch")
    edited(publication, now=publication.published_at + timedelta(days=1))
    publication.refresh_from_db()
    assert (publication.status, publication.checked_by, publication.answer_html) == ("anonymised", None, "")
    assert searching.find("lunch").items == []


def test_partners_hear_of_an_edit_also_where_the_answer_was_shown_again_a_moment_before(calendar):
    publication = published(title="Sitting alone at lunch")
    partner = Partner.objects.create(name="Harbour Youth", slug="harbour")
    hooks.add(partner=partner, url="https://hooks.example.org/", now=LATER)
    hiding.report(publication, LATER)
    seen = Publication.objects.get()
    hiding.show_again(publication=publication, by=SupervisorFactory(), now=LATER + timedelta(minutes=1))
    edited(seen, now=LATER + timedelta(minutes=2))
    told = OutboxRow.objects.order_by("pk").values_list("refs__event", flat=True)
    assert list(told) == ["library.withdrawn", "library.published", "library.withdrawn"]


def test_the_second_of_two_editors_is_stale_and_overwrites_nothing(calendar):
    publication = edited(agreed())
    with pytest.raises(Stale):
        anonymising.edit(
            publication=publication,
            version=1,
            topic=TopicFactory(),
            by=SupervisorFactory(),
            now=NOW,
            **(TEXTS | {"title": "Mine"}),
        )
    publication.refresh_from_db()
    assert (publication.draft.title, publication.version) == (TEXTS["title"], 2)


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"title": " "}, "Write the title."),
        ({"question_text": ""}, "Write the question."),
        ({"answer_text": "\u200b"}, "Write the answer."),
        ({"title": "x" * 121}, "The title can have 120 characters at most. This one has 121."),
        ({"question_text": "x" * 3_001}, "The question can have 3,000 characters at most. This one has 3,001."),
        ({"answer_text": "[" * 200_000}, "The answer can have 8,000 characters at most. This one has 200,000."),
        ({"content_note": "x" * 161}, "The content note can have 160 characters at most. This one has 161."),
        (
            {"answer_text": "a\0b"},
            "There is a character in your text that we cannot store. Try typing that part again.",
        ),
        ({"keywords": ["x"] * 21}, "Give 20 keywords at most, each of 40 characters at most."),
        ({"keywords": ["x" * 41]}, "Give 20 keywords at most, each of 40 characters at most."),
        ({"age_group": "99"}, "Choose one of the age groups."),
        ({"question_text": "Ring me on 07700 900123"}, "There is a phone number in the question. Take it out."),
        ({"question_text": "I'm robin@example.org"}, "There is an e-mail address in the question. Take it out."),
        ({"title": "At SW1A 1AA"}, "There is a postcode in the title. Take it out."),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_a_sentence(calendar, texts, sentence):
    publication = agreed()
    with pytest.raises(Refused) as refusal:
        edited(publication, **texts)
    assert str(refusal.value) == sentence
    publication.refresh_from_db()
    assert (publication.status, publication.version) == ("candidate", 1)


def test_the_answer_may_name_a_service_and_its_number(calendar):
    publication = edited(agreed(), answer_text="Ring [Childline](https://www.childline.org.uk) on 0800 1111.")
    assert publication.status == "anonymised"


def test_what_was_taken_down_stays_down(calendar):
    publication = published()
    withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=NOW)
    with pytest.raises(Refused, match="cannot come back"):
        edited(publication)
    with pytest.raises(Refused, match="cannot come back"):
        withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=NOW)
    assert hiding.report(publication, NOW) is False
