"""What goes in and comes out, field by field; the schema is made of these."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from rest_framework import serializers

from questions import states
from questions.intake import asking, cards, feedback, following, replying
from questions.intake.cards import MOMENT_LIMIT, MOMENTS
from questions.models import Message, Question, SignpostChannel
from questions.partners import listing
from questions.publication.anonymising import AGE_GROUPS
from questions.publication.models import Consent

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
    """A JSON string; a number is none. Its pattern is for the schema."""

    pattern = r"^[^\u0000]+$"

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Nation(Words):
    """A nation as asking.is_nation() takes it."""

    pattern = "^([A-Z]{2}-[A-Z0-9]{1,3}|other)$"


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
    text = words(asking.LIMIT, help_text="What is going on. May be empty where cards or a timeline are sent.")
    cards = several(cards.LABELS, help_text="Feeling cards, for when words are too hard.")
    age_band = one_of(states.AGE_BANDS, help_text="How old they are. under-11 is answered with who talks to children.")
    topic = serializers.SlugField(max_length=40, required=False, allow_blank=True, help_text="A slug of GET topics/.")
    timeline = serializers.ListField(
        child=words(MOMENT_LIMIT),
        max_length=MOMENTS,
        required=False,
        help_text=f"What happened, first things first, each in {MOMENT_LIMIT} characters at most.",
        error_messages={"max_length": f"The timeline has room for {MOMENTS} moments."},
    )
    wants = several(Question.WANTS, help_text="What would help.")
    nation = Nation(
        max_length=8, required=False, allow_blank=True, help_text="ISO 3166-2, e.g. GB-ENG or BE-VLG; other."
    )
    writer = one_of(Question.WRITERS, required=False, help_text="Who may write the answer.")
    may_know_advisor = serializers.BooleanField(
        required=False, help_text="True where they may know someone who works here."
    )
    about_staff = serializers.BooleanField(
        required=False,
        help_text="True where it is about someone who works at this service: its safeguarding lead alone reads it.",
    )
    about_lead = serializers.BooleanField(
        required=False,
        help_text="True where it is about that lead, who works at this service: a trustee alone reads it. Offer it "
        "where about_lead of GET service/ is true.",
    )
    email = serializers.EmailField(
        max_length=254, required=False, allow_blank=True, help_text="Where to say that something new waits."
    )
    language = one_of(dict(settings.LANGUAGES), required=False, help_text="One that GET service/ lists.")

    def validate_nation(self, nation: str) -> str:
        if not asking.is_nation(nation):
            raise serializers.ValidationError("Use an ISO 3166-2 code such as GB-ENG, or leave it out.")
        return nation


class ReceiptIn(Strict):
    receipt = Words(
        max_length=RECEIPT_LONGEST,
        required=False,
        allow_blank=True,
        help_text="The six words; or send them as Askpeer-Receipt.",
    )


class FollowUpIn(ReceiptIn):
    text = words(following.LIMIT, help_text="What they want to add. May be empty where cards are sent.")
    cards = several(cards.LABELS, help_text="Feeling cards, for when words are too hard.")
    someone_else = serializers.BooleanField(required=False, help_text="True for another advisor this time.")


class ReplyIn(ReceiptIn):
    text = words(replying.LIMIT, help_text="The answer to the one thing we asked.")


class FeedbackIn(ReceiptIn):
    felt_heard = serializers.BooleanField(required=False, allow_null=True, help_text="They felt heard.")
    next_step = serializers.BooleanField(required=False, allow_null=True, help_text="They know a next step.")
    knew_checked = serializers.BooleanField(required=False, allow_null=True, help_text="They knew an expert checks.")
    words = words(feedback.LIMIT, help_text="What else they say of the answer.")


class ConsentIn(ReceiptIn):
    choice = one_of(Consent.Choice.values, help_text="Silence means no, and no takes down what is public.")
    round = serializers.IntegerField(
        min_value=1,
        max_value=states.FOLLOW_UPS + 1,
        required=False,
        help_text="Leave it out for what was shown, else the last one answered; a no is then for every round.",
    )
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="Of the public text that was shown. A yes needs it once there is one."
    )


class LibraryIn(Strict):
    q = Words(max_length=200, required=False, allow_blank=True, help_text="Words to look for.")
    topic = serializers.SlugField(max_length=40, required=False, allow_blank=True, help_text="A slug of GET topics/.")
    cursor = Words(max_length=200, required=False, allow_blank=True, help_text="next_cursor of the page before.")


class WayOut(serializers.Serializer):
    kind = one_of(SignpostChannel.Kind.values)
    said = serializers.CharField(help_text="What the link says.")
    href = serializers.CharField(help_text="Where the link leads.")
    hours = serializers.CharField()


class HelperOut(serializers.Serializer):
    name = serializers.CharField()
    summary = serializers.CharField()
    ways = WayOut(many=True)


class SignpostOut(HelperOut):
    country = serializers.CharField(help_text="ISO 3166-1, e.g. GB.")
    nations = serializers.ListField(child=serializers.CharField(), help_text="Empty for the whole country.")
    min_age = serializers.IntegerField(help_text="In years.")
    max_age = serializers.IntegerField(help_text="In years.")


class SafetyOut(serializers.Serializer):
    title = serializers.CharField()
    text = serializers.CharField()
    services = HelperOut(many=True, help_text="Who can be reached now, text and chat before calls.")


class OutsideOut(serializers.Serializer):
    text = serializers.CharField(help_text="Who reads it, and who has nothing to do with us.")
    services = HelperOut(many=True)


class Cared(serializers.Serializer):
    """What may have to be shown before the rest of an answer about a question."""

    safety = SafetyOut(allow_null=True, help_text="Show it before anything else; null where there is nothing to show.")
    outside = OutsideOut(
        allow_null=True, help_text="Show it where the question is about someone who works at this service; else null."
    )


class SavedOut(serializers.Serializer):
    """What a repeat of the request is told once more."""

    id = serializers.UUIDField()
    receipt = serializers.CharField(help_text="Six words, shown this once. They alone open the question.")
    status = one_of(states.STATUSES)
    promised_at = serializers.DateTimeField(help_text="When the answer comes at the latest.")


class AskedOut(Cared, SavedOut):
    """Who is shown is reckoned at each repeat; the rest is the first answer's."""


class FollowedOut(Cared):
    id = serializers.UUIDField()
    status = one_of(states.STATUSES)
    promised_at = serializers.DateTimeField(help_text="Of the new round; a reply leaves it as it was.")


class SaidOut(serializers.Serializer):
    kind = one_of(Message.Kind.values)
    voice = one_of(("asker", "advisor", "us"))
    text = serializers.CharField()
    html = serializers.CharField(help_text="Safe HTML of what we wrote; empty for the asker's own words.")
    at = serializers.DateTimeField()
    round = serializers.IntegerField(source="round_number", help_text="1, and one more for each follow-up.")
    cards = serializers.ListField(child=one_of(cards.LABELS), help_text="Feeling cards that were sent.")
    timeline = serializers.ListField(child=serializers.CharField(), help_text="What happened, first things first.")


class ShownOut(serializers.Serializer):
    version = serializers.IntegerField(help_text="Send it with the yes to this text.")
    title = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.CharField(help_text="Markdown.")


class ConsentOut(serializers.Serializer):
    offered = serializers.BooleanField(
        help_text="Whether to ask. False before the answer, and for what is never published."
    )
    choice = one_of(Consent.Choice.values, allow_null=True, help_text="What they chose last; null for nothing yet.")
    shown = ShownOut(
        allow_null=True,
        help_text="The public text that waits for their yes. Beside the choice yes: the words have changed since.",
    )


class ThreadOut(Cared):
    id = serializers.UUIDField()
    status = one_of(states.STATUSES)
    status_text = serializers.CharField(help_text="A sentence to show the asker as it is.")
    promised_at = serializers.DateTimeField(help_text="Never changes.")
    due_at = serializers.DateTimeField(help_text="The promise, moved by a pause.")
    late = serializers.BooleanField(help_text="Whether the promise was broken.")
    redated_at = serializers.DateTimeField(
        allow_null=True, help_text="The new date of a promise that was broken or moved; null where there is none."
    )
    messages = SaidOut(many=True, help_text="Everything said so far, first things first.")
    answer = SaidOut(allow_null=True, help_text="The newest answer; null until there is one.")
    follow_ups_left = serializers.IntegerField(help_text="How often they can still write again, once answered.")
    consent = ConsentOut(help_text="Whether an anonymised copy may be published.")
    locked_note_until = serializers.DateField(
        allow_null=True,
        help_text="Erasing leaves a locked note until this day, for somebody's safety. Say so before you erase.",
    )


class ErasedOut(serializers.Serializer):
    id = serializers.UUIDField()
    status = one_of(states.STATUSES)
    status_text = serializers.CharField(help_text="A sentence to show the asker as it is.")


class TopicOut(serializers.Serializer):
    slug = serializers.CharField()
    label = serializers.CharField(help_text="Under the labels you chose.")  # type: ignore[assignment]
    keywords = serializers.ListField(child=serializers.CharField(), help_text="Other words for it.")


class HoursOut(serializers.Serializer):
    day = one_of(listing.DAYS)
    opens = serializers.CharField(help_text="HH:MM on the service's own clock.")
    closes = serializers.CharField(help_text="HH:MM; 00:00 is midnight at the day's end.")


class ServiceOut(serializers.Serializer):
    open = serializers.BooleanField(help_text="Whether somebody is here now.")
    opens_at = serializers.DateTimeField(allow_null=True, help_text="The next time.")
    closes_at = serializers.DateTimeField(allow_null=True, help_text="The next time.")
    promised_at = serializers.DateTimeField(allow_null=True, help_text="If asked now; null while none is taken.")
    time_zone = serializers.CharField(help_text="Of the hours, e.g. Europe/London.")
    hours = HoursOut(many=True)
    languages = serializers.ListField(child=serializers.CharField(), help_text="Codes that language takes now.")
    notice = serializers.CharField(help_text="Show it above every form of yours in which somebody writes to us.")
    about_lead = serializers.BooleanField(help_text="Whether a trustee reads what is about the safeguarding lead.")
    signposts = SignpostOut(many=True, help_text="Yours, as chosen with us. Show who each is for.")


class EntryOut(serializers.Serializer):
    slug = serializers.CharField()
    title = serializers.CharField()
    topic = serializers.CharField(allow_null=True, help_text="Its slug.")
    topic_label = serializers.CharField(allow_null=True, help_text="Under the labels you chose.")
    language = one_of(dict(settings.LANGUAGES), help_text="Of its words.")
    age_group = one_of(filter(None, AGE_GROUPS), allow_blank=True, help_text="Empty where it is not said.")
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
    looked_for = serializers.CharField(
        allow_null=True, help_text="The words we looked for where q was misspelt; else null."
    )
    safety = SafetyOut(
        allow_null=True,
        help_text="Where q sounds like danger, show it before anything else, also where items is empty.",
    )


class FieldProblemOut(serializers.Serializer):
    field = serializers.CharField(help_text="Empty for the body as a whole.")
    detail = serializers.CharField()


class ProblemOut(serializers.Serializer):
    type = serializers.CharField(help_text="Leads to its explanation on the page docs/.")
    title = serializers.CharField()
    status = serializers.IntegerField(help_text="The HTTP status.")
    detail = serializers.CharField(help_text="A sentence that says what is wrong.")
    errors = FieldProblemOut(  # type: ignore[assignment]
        many=True, required=False, help_text="Each field that cannot be used."
    )
    services = HelperOut(many=True, required=False, help_text="Who helps instead, to show the young person.")
    ask_url = serializers.URLField(required=False, help_text="Where the young person can still ask us directly.")
    shown = ShownOut(required=False, help_text="The public text to show before a yes to it.")
