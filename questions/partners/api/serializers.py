"""What goes in and comes out, field by field; the schema is made of these."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from rest_framework import serializers

from questions import states
from questions.intake import asking, cards, feedback, following, replying
from questions.models import Question

NAMED = 10  # unknown fields named in one answer
RECEIPT_LONGEST = 300


class Strict(serializers.Serializer):
    """Refuses fields it does not have, naming them."""

    default_error_messages = {"invalid": "Send one JSON object."}

    def to_internal_value(self, data: Any) -> Any:
        unknown = [name for name in data if name not in self.fields] if isinstance(data, dict) else []
        if unknown:
            sentence = f"There is no such field here. The fields are: {', '.join(self.fields)}."
            raise serializers.ValidationError({name[:40]: sentence for name in unknown[:NAMED]})
        return super().to_internal_value(data)


class Words(serializers.CharField):
    """A JSON string; a number is none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def one_of(values: Iterable[str], **options: Any) -> serializers.ChoiceField:
    values = list(values)
    return serializers.ChoiceField(
        choices=values, error_messages={"invalid_choice": f"Use one of: {', '.join(values)}."}, **options
    )


def words(limit: int, **options: Any) -> Words:
    return Words(
        max_length=limit,
        error_messages={"max_length": f"There is room for {limit:,} characters. Make it shorter."},
        required=False,
        allow_blank=True,
        **options,
    )


def several(values: Iterable[str], **options: Any) -> serializers.ListField:
    values = list(values)
    return serializers.ListField(child=one_of(values), max_length=len(values), required=False, **options)


class AskIn(Strict):
    text = words(asking.LIMIT, help_text="What is going on. May be empty where cards are sent.")
    cards = several(cards.LABELS, help_text="Feeling cards, for when words are too hard.")
    age_band = one_of(states.AGE_BANDS)
    topic = serializers.SlugField(max_length=40, required=False, allow_blank=True, help_text="A slug of GET topics/.")
    wants = several(Question.WANTS, help_text="What would help.")
    nation = Words(
        max_length=8, required=False, allow_blank=True, help_text="ISO 3166-2, e.g. GB-ENG or BE-VLG; other."
    )
    writer = one_of(Question.WRITERS, required=False, help_text="Who may write the answer.")
    may_know_advisor = serializers.BooleanField(required=False)
    email = serializers.EmailField(
        max_length=254, required=False, allow_blank=True, help_text="Where to say that something new waits."
    )
    language = one_of(dict(settings.LANGUAGES), required=False)

    def validate_nation(self, nation: str) -> str:
        if not asking.is_nation(nation):
            raise serializers.ValidationError("Use an ISO 3166-2 code such as GB-ENG, or leave it out.")
        return nation


class ReceiptIn(Strict):
    receipt = Words(
        max_length=RECEIPT_LONGEST, required=False, help_text="The six words; or send them as Askpeer-Receipt."
    )


class FollowUpIn(ReceiptIn):
    text = words(following.LIMIT)
    cards = several(cards.LABELS)
    someone_else = serializers.BooleanField(required=False, help_text="True for another advisor this time.")


class ReplyIn(ReceiptIn):
    text = words(replying.LIMIT)


class FeedbackIn(ReceiptIn):
    felt_heard = serializers.BooleanField(required=False, allow_null=True)
    next_step = serializers.BooleanField(required=False, allow_null=True, help_text="They know a next step.")
    knew_checked = serializers.BooleanField(required=False, allow_null=True, help_text="They knew an expert checks.")
    words = words(feedback.LIMIT)


class ConsentIn(ReceiptIn):
    choice = one_of(("show_me", "yes", "no"), help_text="Silence means no, and no takes down what is public.")
    round = serializers.IntegerField(
        min_value=1, max_value=states.FOLLOW_UPS + 1, required=False, help_text="Without it, the last one answered."
    )
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="Of the public text that was shown. A yes needs it once there is one."
    )


class LibraryIn(Strict):
    q = serializers.CharField(max_length=200, required=False, allow_blank=True, help_text="Words to look for.")
    topic = serializers.SlugField(max_length=40, required=False, allow_blank=True)
    cursor = serializers.CharField(
        max_length=200, required=False, allow_blank=True, help_text="next_cursor of the page before."
    )


class AskedOut(serializers.Serializer):
    id = serializers.UUIDField()
    receipt = serializers.CharField(help_text="Six words, shown this once. They alone open the question.")
    status = serializers.CharField()
    promised_at = serializers.DateTimeField(help_text="UTC.")


class FollowedOut(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.CharField()
    promised_at = serializers.DateTimeField()


class SaidOut(serializers.Serializer):
    kind = serializers.CharField(help_text="question, follow_up, reply, clarification, answer, holding or redirect.")
    voice = serializers.CharField(help_text="asker, advisor or us.")
    text = serializers.CharField()
    html = serializers.CharField(help_text="Safe HTML of what we wrote; empty for the asker's own words.")
    at = serializers.DateTimeField()
    round = serializers.IntegerField(source="round_number")
    cards = serializers.ListField(child=serializers.CharField())
    timeline = serializers.ListField(child=serializers.CharField())


class ThreadOut(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.CharField()
    status_text = serializers.CharField(help_text="A sentence to show the asker as it is.")
    promised_at = serializers.DateTimeField(help_text="Never changes.")
    due_at = serializers.DateTimeField(help_text="The promise, moved by a pause.")
    late = serializers.BooleanField()
    messages = SaidOut(many=True)
    answer = SaidOut(allow_null=True)


class ErasedOut(serializers.Serializer):
    id = serializers.UUIDField()
    status = serializers.CharField()
    status_text = serializers.CharField()


class TopicOut(serializers.Serializer):
    slug = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    keywords = serializers.ListField(child=serializers.CharField())


class HoursOut(serializers.Serializer):
    day = serializers.CharField()
    opens = serializers.CharField(help_text="HH:MM on the service's own clock.")
    closes = serializers.CharField(help_text="HH:MM; 00:00 is midnight at the day's end.")


class ServiceOut(serializers.Serializer):
    open = serializers.BooleanField(help_text="Whether somebody is here now.")
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    promised_at = serializers.DateTimeField(allow_null=True, help_text="The promise to a question asked now.")
    time_zone = serializers.CharField()
    hours = HoursOut(many=True)
    languages = serializers.ListField(child=serializers.CharField())


class EntryOut(serializers.Serializer):
    slug = serializers.CharField()
    title = serializers.CharField()
    topic = serializers.CharField(allow_null=True)
    topic_label = serializers.CharField(allow_null=True)
    age_group = serializers.CharField()
    content_note = serializers.CharField(help_text="Show it before the rest, where there is one.")
    published = serializers.CharField(help_text="Year and month.")
    checked_on = serializers.DateField()


class AnswerOut(EntryOut):
    question = serializers.CharField()
    answer = serializers.CharField(help_text="Markdown.")
    answer_html = serializers.CharField(help_text="Safe HTML of the answer.")


class LibraryOut(serializers.Serializer):
    items = EntryOut(many=True)
    next_cursor = serializers.CharField(help_text="Empty on the last page.")


class WayOut(serializers.Serializer):
    kind = serializers.CharField()
    said = serializers.CharField()
    href = serializers.CharField()
    hours = serializers.CharField()


class HelperOut(serializers.Serializer):
    name = serializers.CharField()
    summary = serializers.CharField()
    ways = WayOut(many=True)


class FieldProblemOut(serializers.Serializer):
    field = serializers.CharField(help_text="Empty for the body as a whole.")
    detail = serializers.CharField()


class ShownOut(serializers.Serializer):
    version = serializers.IntegerField(help_text="Send it with the yes to this text.")
    title = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.CharField(help_text="Markdown.")


class ProblemOut(serializers.Serializer):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FieldProblemOut(many=True, required=False)  # type: ignore[assignment]
    services = HelperOut(many=True, required=False)
    shown = ShownOut(required=False, help_text="The public text to show before a yes to it.")
