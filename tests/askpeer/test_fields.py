import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Length

from askpeer import vault
from askpeer.errors import Erased
from questions.models import Contact, Message, Question
from tests.factories import make_question

pytestmark = pytest.mark.django_db
WORDS = "My brother found my diary."


@pytest.fixture
def question(calendar, now):
    return make_question(text=WORDS, now=now)


def raw(row, column="text"):
    """The bytes as the database holds them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s",
            [row._meta.pk.get_db_prep_value(row.pk, connection)],
        )
        value = cursor.fetchone()[0]
    return None if value is None else bytes(value)


def write_raw(row, value, column="text"):
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {row._meta.db_table} SET {column} = %s WHERE id = %s",
            [value, row._meta.pk.get_db_prep_value(row.pk, connection)],
        )


def test_the_database_holds_sealed_bytes_and_the_attribute_the_text(question):
    message = Message.objects.get()
    sealed = raw(message)
    assert (sealed[:2], len(sealed)) == (vault.HEADER, 2 + 12 + 256 + 16)
    assert sealed.count(WORDS.encode()) == 0
    assert message.text == WORDS


def test_the_sealed_bytes_open_under_the_questions_key_and_their_own_place_alone(question):
    message = Message.objects.get()
    place = ("questions_message", "text", str(message.pk), str(question.pk))
    assert vault.unseal(raw(message), key=question.key(), place=place) == WORDS


def test_reading_a_row_opens_nothing_until_the_text_is_asked_for(question):
    message = Message.objects.get()
    write_raw(message, b"nonsense")
    read = Message.objects.get()
    assert read.kind == "question"
    with pytest.raises(vault.Unreadable):
        _ = read.text


def test_a_value_copied_to_another_row_does_not_open(question, now):
    first = Message.objects.get()
    second = Message.objects.create(round=question.round, kind="reply", text="Yes.", sent_at=now)
    write_raw(second, raw(first))
    with pytest.raises(vault.Unreadable):
        _ = Message.objects.get(pk=second.pk).text


def test_a_value_copied_to_another_column_does_not_open(question):
    message = Message.objects.get()
    write_raw(message, raw(message), column="extras")
    with pytest.raises(vault.Unreadable):
        _ = Message.objects.get().extras


def test_a_key_copied_to_another_question_does_not_open(question, now):
    other = make_question(now=now)
    Question.objects.filter(pk=other.pk).update(wrapped_key=question.wrapped_key)
    with pytest.raises(vault.Unreadable):
        Question.objects.get(pk=other.pk).key()


@pytest.mark.parametrize(
    "act",
    [
        lambda: Message.objects.update(text="plain"),
        lambda: Message.objects.update(text=b"plain"),
        lambda: Message.objects.update(text=Value("plain")),
        lambda: Message.objects.update(text=F("html")),
        lambda: Message.objects.bulk_update(Message.objects.all(), ["text"]),
        lambda: Message.objects.filter(text="plain").exists(),
        lambda: Message.objects.filter(text__contains="plain").exists(),
        lambda: Message.objects.filter(text__in=["plain"]).exists(),
        lambda: Message.objects.exclude(text="plain").exists(),
        lambda: Message.objects.filter(text=F("html")).exists(),
        lambda: list(Message.objects.order_by("text")),
        lambda: list(Message.objects.order_by("-text")),
        lambda: list(Question.objects.order_by("rounds__messages__text")),
    ],
    ids=[
        "update",
        "update bytes",
        "update value",
        "update by column",
        "bulk update",
        "filter",
        "contains",
        "in",
        "exclude",
        "filter by column",
        "order",
        "order down",
        "order through a join",
    ],
)
def test_the_database_is_never_asked_to_write_search_or_compute_a_text(question, act):
    with pytest.raises(FieldError, match="sealed"), transaction.atomic():
        act()
    assert Message.objects.get().text == WORDS


def test_only_whether_there_is_a_text_can_be_asked(question):
    assert Message.objects.filter(text__isnull=False).count() == 1
    assert Message.objects.filter(html__isnull=True).count() == 1
    assert Question.objects.filter(rounds__messages__text__isnull=False).count() == 1


def test_a_computation_sees_the_sealed_bytes_alone(question):
    assert list(Message.objects.values_list(Length("text"))) == [(286,)]


def test_a_sealed_text_is_not_dumped(question):
    with pytest.raises(FieldError, match="cannot be dumped"):
        serializers.serialize("json", Message.objects.all())


def test_bulk_create_seals_too(question, now):
    texts = ["one", "two", "three"]
    Message.objects.bulk_create(Message(round=question.round, kind="reply", text=text, sent_at=now) for text in texts)
    made = Message.objects.filter(kind="reply")
    assert sorted(message.text for message in made) == sorted(texts)
    assert {len(raw(message)) for message in made} == {286}


def test_bulk_create_of_keepers_gives_each_its_own_key(calendar, now):
    first, second = make_question(now=now), make_question(now=now)
    Contact.objects.bulk_create([Contact(question=q, email="a@example.org") for q in (first, second)])
    assert [contact.email for contact in Contact.objects.all()] == ["a@example.org"] * 2
    assert len({contact.key() for contact in Contact.objects.all()}) == 2


def test_a_deferred_text_is_fetched_when_it_is_read(question, django_assert_num_queries):
    message = Message.objects.defer("text").select_related("round__question").get()
    with django_assert_num_queries(1):
        assert message.text == WORDS


def test_a_row_read_again_forgets_what_was_typed(question):
    message = Message.objects.get()
    message.text = "not saved"
    message.refresh_from_db()
    assert message.text == WORDS


def test_what_was_typed_is_read_back_before_it_is_saved(question):
    message = Message.objects.get()
    message.text = "changed"
    assert message.text == "changed"
    message.save(update_fields=["text"])
    assert Message.objects.get().text == "changed"


def test_saving_an_unread_text_keeps_its_bytes(question, now):
    message = Message.objects.get()
    before = raw(message)
    message.passed_at = now
    message.save()
    assert raw(message) == before
    assert Message.objects.get().passed_at == now


def test_a_text_read_and_saved_again_keeps_its_words(question):
    message = Message.objects.get()
    assert message.text == WORDS
    message.save()
    assert Message.objects.get().text == WORDS


def test_saving_other_columns_leaves_the_text_alone(question, now):
    message = Message.objects.get()
    before = raw(message)
    message.text, message.passed_at = "not saved", now
    message.save(update_fields=["passed_at"])
    assert raw(message) == before


def test_no_text_is_null_and_an_empty_text_is_sealed(question):
    message = Message.objects.get()
    assert (message.extras, raw(message, "extras")) == (None, None)
    message.extras = ""
    message.save()
    again = Message.objects.get()
    assert (again.extras, len(raw(again, "extras"))) == ("", 286)
    again.extras = None
    again.save()
    assert raw(again, "extras") is None


def test_a_required_text_cannot_be_null(question, now):
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(round=question.round, kind="reply", text=None, sent_at=now)


def test_a_keeper_seals_its_own_text_under_its_own_key(question):
    question.summary = "Found diary, afraid of parents"
    question.save(update_fields=["summary"])
    place = ("questions_question", "summary", str(question.pk), str(question.pk))
    assert vault.unseal(raw(question, "summary"), key=question.key(), place=place) == "Found diary, afraid of parents"
    assert Question.objects.get().summary == "Found diary, afraid of parents"


def test_without_its_key_a_text_is_erased(question, now, settings):
    contact = Contact.objects.create(question=question, email="someone@example.org")
    Contact.objects.filter(pk=contact.pk).update(wrapped_key=None)
    with pytest.raises(Erased, match=r"^This has been erased\.$"):
        _ = Contact.objects.get().email


def test_a_key_erased_elsewhere_is_not_made_again_by_a_save(question):
    contact = Contact.objects.create(question=question, email="someone@example.org")
    Contact.objects.filter(pk=contact.pk).update(wrapped_key=None)
    stale = Contact.objects.get()
    stale.email = "other@example.org"
    with pytest.raises(Erased), transaction.atomic():
        stale.save()
    assert raw(contact, "wrapped_key") is None
