import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils.html import escape

from advisors.duty import rota
from advisors.duty.models import Shift
from advisors.models import Person
from advisors.tasks import purge
from advisors.team import guarding, opening, posting, rounds
from advisors.team.models import Kudos, Opened, Post, Turn
from askpeer import history, receipts
from askpeer.errors import Refused, Stale
from questions.intake import withdrawing
from questions.intake.models import OnCall
from questions.models import Message
from tests.factories import ManagerFactory, PersonFactory, TrusteeFactory, make_question
from tests.interleaving import before

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("calendar")]
A_SECOND, A_MINUTE, AN_HOUR, A_DAY = (timedelta(**{unit: 1}) for unit in ("seconds", "minutes", "hours", "days"))
NOWHERE = "a763e14d-5e5b-454e-900e-ea9d1204044d"
SIX = "abacus abdomen abide ablaze abroad abrasion"
ASKED = "I moved to a new school in May and since then I eat my lunch alone behind the gym."
ANSWER = "It takes a while until a place feels like yours, and that says nothing bad about you."
MONDAY = date(2026, 11, 16)


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


@pytest.fixture
def asked(now):
    """A question with those six words, and what was said in it."""
    question = make_question(text=ASKED, receipt=SIX, now=now)
    later = {"round": question.round, "sent_at": now}
    Message.objects.create(kind="answer", text=ANSWER, html=f"<p>{ANSWER}</p>", digest=b"d" * 32, **later)
    moments = {"timeline": ["my gran moved in with us after the fall", ""]}
    Message.objects.create(kind="reply", text="Since May.", extras=json.dumps(moments), **later)
    return question


@pytest.fixture
def opened(asked, sam, now):
    """The same, which Sam has opened."""
    opening.note(person=sam, question=asked, now=now)
    return asked


def say(text, by, at):
    return posting.post(text=text, by=by, now=at)


def refused(text, by, at):
    with pytest.raises(Refused) as caught:
        say(text, by, at)
    return str(caught.value)


def test_what_is_said_is_sealed_and_newest_first(sam, ruth, now):
    say("Tea is up.", sam, now)
    say("  On my way.\r\n", ruth, now + A_MINUTE)
    page = posting.page(now=now + AN_HOUR)
    assert ([(row.writer.alias, row.text) for row in page.posts], page.older) == (
        [("Ruth", "On my way."), ("Sam", "Tea is up.")],
        None,
    )
    assert all(b"Tea" not in bytes(stored) for stored in Post.objects.values_list("text", flat=True))
    assert history.of(sam.name) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Write something first."),
        (" \u200b\n", "Write something first."),
        ("x" * 1001, "This can have 1,000 characters at most. It has 1,001."),
        ("a\0b", "There is a character in your text that we cannot store. Try typing that part again."),
        ("\ud800", "There is a character in your text that we cannot store. Try typing that part again."),
        (
            "Ring me on 07911 123456",
            "There is a phone number in it. Leave out how to reach anybody, yourself too.",
        ),
        ("mia@example.org", "There is an e-mail address in it. Leave out how to reach anybody, yourself too."),
        ("my insta is blue.bird", "There is a user name in it. Leave out how to reach anybody, yourself too."),
        ("come to SW1A 1AA", "There is a postcode in it. Leave out how to reach anybody, yourself too."),
        ("see www.example.org", "There is a link in it. Leave out how to reach anybody, yourself too."),
    ],
)
def test_what_cannot_be_said_is_a_sentence(sam, now, text, sentence):
    assert refused(text, sam, now) == sentence
    assert Post.objects.count() == 0


def test_a_thousand_characters_can_be_said(sam, now):
    assert len(say("x" * 1000, sam, now).text) == 1000


@pytest.mark.parametrize(
    "text",
    [
        SIX,
        SIX.upper(),
        SIX.replace(" ", "-"),
        SIX.replace(" ", ", "),
        SIX.replace(" ", "\n"),
        "1. " + SIX.replace(" ", " 2. "),
        f"Somebody sent me {SIX} by post",
        f"table {SIX} chair zebra",
        "\u200b".join(SIX),
        SIX.replace("a", "\u0430").replace("o", "\u03bf"),
        SIX.replace("e", "\u00e9"),
        "".join(chr(ord(one) + 0xFEE0) if one.isalpha() else one for one in SIX),
        SIX.replace(" ", "_"),
        SIX.replace(" ", "\u00a0"),
        "*a*bacus ab**dom**en `abide` ablaze _ab_road abrasion",
        *(SIX.replace(" ", blank) for blank in "\u3164\uffa0\u115f\u1160\u2800"),
    ],
)
def test_six_words_that_open_a_question_are_refused_however_they_are_written(asked, ruth, now, text):
    assert refused(text, ruth, now) == guarding.RECEIPT


def test_six_words_that_open_nothing_are_words(asked, ruth, now):
    say("abdomen abacus abide ablaze abroad abrasion", ruth, now)  # another order
    say("abacus abdomen abide ablaze abroad", ruth, now + 2 * AN_HOUR)
    say("abacus abdomen abide ablaze then abroad abrasion", ruth, now + 4 * AN_HOUR)
    assert Post.objects.count() == 3


def test_the_words_of_what_is_erased_open_nothing(asked, ruth, now):
    withdrawing.erase(question=asked, now=now)
    assert say(SIX, ruth, now).text == SIX


@pytest.mark.parametrize(("first", "second"), [(SIX[:20], SIX[20:]), (SIX[20:], SIX[:20])])
def test_six_words_in_two_posts_of_an_hour_are_refused_too(asked, ruth, omar, now, first, second):
    say(first, ruth, now)
    assert refused(second, ruth, now + AN_HOUR - A_SECOND) == guarding.RECEIPT
    say(second, omar, now + A_MINUTE)
    say(second, ruth, now + AN_HOUR)
    assert Post.objects.count() == 3


@pytest.mark.parametrize(
    "parts",
    [
        ["abacus abdomen", "abide ablaze", "abroad abrasion"],
        ["abroad abrasion", "abide ablaze", "abacus abdomen"],
        ["abacus abdomen abide", "Hello.", "ablaze abroad abrasion"],
        ["abacus abdomen", "Hello.", "abide ablaze", "Tea?", "abroad abrasion"],
        ["abacus", "abdomen", "abide", "ablaze", "abroad", "abrasion"],
    ],
)
def test_six_words_in_however_many_posts_are_refused_at_the_last(asked, ruth, now, parts):
    for minute, part in enumerate(parts[:-1]):
        say(part, ruth, now + minute * A_MINUTE)
    assert refused(parts[-1], ruth, now + 10 * A_MINUTE) == guarding.RECEIPT


def test_what_looks_like_a_gap_is_kept_as_one(ruth, now):
    assert say("Tea\u3164is\u2800up.", ruth, now).text == "Tea is up."


def test_half_of_it_in_the_round_and_half_in_a_post_is_refused_too(asked, ruth, now):
    posting.answer_round(text=SIX[:20], by=ruth, now=now)
    assert refused(SIX[20:], ruth, now + A_MINUTE) == guarding.RECEIPT


def test_two_halves_in_the_same_moment_do_not_both_pass(asked, ruth, now):
    half = before("SAVEPOINT", "", lambda: say(SIX[:20], ruth, now))
    with half, pytest.raises(Stale) as caught:
        say(SIX[20:], ruth, now)
    assert (str(caught.value), Post.objects.count()) == (posting.AT_ONCE, 1)


def test_however_long_a_text_is_its_words_are_asked_in_one_query(asked, ruth, now, django_assert_num_queries):
    words = receipts.word_list()
    long = " ".join(words[:130])[:900]
    with django_assert_num_queries(1):
        assert not guarding._is_a_receipt(guarding._together(long, [long] * 30, str.split, 6))


@pytest.mark.parametrize(
    "text",
    [
        "I moved to a new school in May",
        "they said: I MOVED, to a new-school in may!",
        "since then I eat my lunch alone behind",
        "and\nsince\nthen\nI\neat\nmy\nlunch\nalone",
        "it takes a while until a place feels",
        "My gran moved in with us after the rain",
        "\u0406 moved t\u043e a n\u0435w sch\u043e\u043el in M\u0430y",
        "I mo\u200bved to a new sch\u00f6ol in May",
        "I _moved_ to a **new** school in May",
    ],
)
def test_eight_words_in_a_row_of_what_they_opened_are_refused(opened, sam, now, text):
    assert refused(text, sam, now) == guarding.THEIR_WORDS
    assert text[:12] not in guarding.THEIR_WORDS


@pytest.mark.parametrize(
    "text",
    [
        "I moved to a new school in",
        "I moved to a new school in June",
        "May in school new a to moved I",
    ],
)
def test_seven_words_or_one_that_is_another_are_their_own(opened, sam, now, text):
    assert say(text, sam, now).text == text


def test_eight_words_over_two_posts_are_refused_too(opened, sam, now):
    say("I moved to a new", sam, now)
    assert refused("school in May", sam, now + A_MINUTE) == guarding.THEIR_WORDS


@pytest.mark.parametrize("between", [[], ["Hello."]])
def test_eight_words_over_three_posts_are_refused_too(opened, sam, now, between):
    for minute, part in enumerate(["I moved to", *between, "a new school"]):
        say(part, sam, now + minute * A_MINUTE)
    assert refused("in May", sam, now + 10 * A_MINUTE) == guarding.THEIR_WORDS


def test_only_who_opened_it_knows_the_words_and_for_thirty_days(opened, sam, ruth, now):
    words = "I moved to a new school in May"
    say(words, ruth, now)
    assert refused(words, sam, now + opening.FOR - A_SECOND) == guarding.THEIR_WORDS
    say(words, sam, now + opening.FOR)
    assert Post.objects.count() == 2


def test_what_was_erased_is_compared_with_nothing(opened, sam, now):
    withdrawing.erase(question=opened, now=now)
    assert say("I moved to a new school in May", sam, now).writer == sam


@pytest.mark.parametrize("count", [1, 3])
def test_the_words_of_one_and_of_three_questions_cost_the_same(sam, now, count, django_assert_num_queries):
    for _ in range(count):
        opening.note(person=sam, question=make_question(now=now), now=now)
    text = "nine words that nobody has ever asked us here"
    with django_assert_num_queries(2):
        guarding.check(text, writer=sam, before=[], now=now)
    with django_assert_num_queries(0):
        guarding.check("seven words are nobody's but their own", writer=sam, before=[], now=now)


def test_only_the_newest_two_hundred_are_opened(sam, now):
    for number in range(opening.MOST + 1):
        Opened.objects.create(person=sam, question=make_question(now=now), at=now + number * A_SECOND)
    oldest, *_rest = Opened.objects.order_by("at").values_list("question", flat=True)
    later = opening.recent(sam, now=now + AN_HOUR)
    assert (len(later), oldest in later) == (200, False)


def test_the_round_is_one_for_everybody_and_changes_on_monday(now):
    sunday = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    assert [rounds.week(at) for at in (now, sunday, sunday + A_SECOND)] == [MONDAY, MONDAY, date(2026, 11, 23)]
    prompts = [rounds.prompt(MONDAY + timedelta(days=7 * week)) for week in range(len(rounds.prompts()))]
    assert sorted(prompts) == sorted(rounds.prompts())
    assert (len(set(prompts)), rounds.prompt(MONDAY + timedelta(days=7 * len(prompts)))) == (26, prompts[0])


def test_a_week_turns_at_midnight_on_the_services_own_clock():
    sunday = datetime(2026, 7, 5, 22, 59, 59, tzinfo=UTC)
    assert [rounds.week(at) for at in (sunday, sunday + A_SECOND)] == [date(2026, 6, 29), date(2026, 7, 6)]


def test_an_answer_of_the_round_can_be_changed_until_sunday(sam, now):
    first = posting.answer_round(text="A walk.", by=sam, now=now)
    sunday = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    posting.answer_round(text="A long walk.", by=sam, now=sunday)
    assert [(row.pk, row.text) for row in posting.in_round(MONDAY)] == [(first.pk, "A long walk.")]
    posting.answer_round(text="Tea.", by=sam, now=sunday + A_SECOND)
    assert [row.week for row in Post.objects.order_by("at")] == [MONDAY, date(2026, 11, 23)]


def test_an_answer_to_last_weeks_round_is_none_to_this_weeks(browser, sam, clock):
    sunday = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    clock.move_to(sunday)
    page = browser(sam)
    shown = page.get("/desk/room/").content.decode()
    week = '<input type="hidden" name="week" value="{}">'.format
    assert (rounds.prompt(MONDAY) in shown, week("2026-11-16") in shown) == (True, True)
    clock.move_to(sunday + A_SECOND)
    sent = {"text": "A long walk.", "week": "2026-11-16"}
    refusal = page.post("/desk/room/round/", sent)
    text = refusal.content.decode()
    assert (refusal.status_code, Post.objects.count()) == (409, 0)
    wanted = (posting.NEXT_ROUND, rounds.prompt(date(2026, 11, 23)), "A long walk.</textarea>", week("2026-11-23"))
    assert [line for line in wanted if escape(line) not in text and line not in text] == []
    assert page.post("/desk/room/round/", sent | {"week": "x"}).status_code == 422
    assert page.post("/desk/room/round/", sent | {"week": "2026-11-23"}).url == "/desk/room/"
    assert Post.objects.get().week == date(2026, 11, 23)


def test_the_database_takes_one_answer_a_person_and_week(sam, ruth, now):
    Post.objects.create(writer=sam, text="One.", at=now, week=MONDAY)
    Post.objects.create(writer=ruth, text="Two.", at=now, week=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(writer=sam, text="Three.", at=now, week=MONDAY)


def test_twenty_a_page_and_a_way_to_the_older_ones(sam, now):
    rows = [
        Post.objects.create(writer=sam, text=str(number), at=now + A_SECOND * (number // 2)) for number in range(45)
    ]
    later, seen, cursor, sizes = now + AN_HOUR, [], "", []
    while cursor is not None:
        page = posting.page(now=later, before=cursor)
        sizes.append(len(page.posts))
        seen += [row.pk for row in page.posts]
        cursor = str(page.older) if page.older else None
    assert (sizes, sorted(seen, key=str)) == ([20, 20, 5], sorted((row.pk for row in rows), key=str))
    moments = [Post.objects.get(pk=pk).at for pk in seen]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("before", ["x", "0", NOWHERE, "a\0b", "x" * 9999])
def test_a_way_that_leads_nowhere_leads_to_the_newest(browser, sam, now, before):
    say("Tea is up.", sam, now)
    response = browser(sam).get("/desk/room/", {"before": before})
    assert (response.status_code, "Tea is up." in response.content.decode()) == (200, True)


def test_ones_own_is_taken_down_without_a_trace_and_anybodys_by_a_reviewer_or_the_manager(sam, ruth, now):
    mine, theirs, third = (say(text, sam, now) for text in ("One.", "Two.", "Three."))
    with pytest.raises(Refused, match="Only who wrote it"):
        posting.take_down(post=mine, by=PersonFactory(), now=now)
    posting.take_down(post=mine, by=sam, now=now)
    posting.take_down(post=theirs, by=ruth, now=now)
    posting.take_down(post=third, by=ManagerFactory(), now=now)
    assert (Post.objects.count(), history.of(f"post:{mine.pk}")) == (0, [])
    entry = history.of(f"post:{theirs.pk}")[0]
    assert (entry.kind, entry.actor, entry.facts) == ("taken_down", ruth.name, {"writer": str(sam.pk)})
    with pytest.raises(Stale, match="gone already"):
        posting.take_down(post=theirs, by=ruth, now=now)


def test_after_180_days_it_is_gone(sam, now, clock):
    say("Tea is up.", sam, now)
    assert posting.purge(now=now + 180 * A_DAY - A_SECOND) == 0
    clock.move_to(now + 180 * A_DAY)
    purge()
    assert Post.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_room_costs_the_same_for_one_and_for_three(browser, sam, omar, now, count, django_assert_num_queries):
    for _ in range(count):
        writer = PersonFactory()
        say("Tea is up.", writer, now)
        posting.answer_round(text="A walk.", by=writer, now=now)
        Kudos.objects.create(person=sam, giver=writer, text="Thank you.", at=now)
        Turn.objects.create(person=writer, starts_at=now, ends_at=now + AN_HOUR)
        for kind in (Shift, OnCall):
            kind.objects.create(person=PersonFactory(), starts_at=now, ends_at=now + AN_HOUR)
    page = browser(sam)
    page.get("/desk/room/")
    with django_assert_num_queries(11):  # session, person; posts, round, kudos; four of here; team, whom to thank
        page.get("/desk/room/")


def test_the_room_shows_who_is_here_the_round_and_what_was_said(browser, sam, omar, now):
    say("Tea is up.", sam, now)
    Turn.objects.create(person=sam, starts_at=now, ends_at=now + AN_HOUR)
    page = browser(sam).get("/desk/room/").content.decode()
    wanted = ("Tea is up.", "<b>On duty now:</b> Omar.", "<b>Writing now:</b> Sam.", rounds.prompt(MONDAY))
    assert [line for line in wanted if line not in page] == []


def test_who_is_away_today_is_not_said_to_be_writing(browser, sam, now):
    Turn.objects.create(person=sam, starts_at=now, ends_at=now + AN_HOUR)
    rota.add_absence(person=sam, first_day=now.date(), last_day=now.date(), by=ManagerFactory(), now=now)
    assert "Writing now" not in browser(sam).get("/desk/room/").content.decode()


def test_the_room_says_who_is_on_the_team_with_their_line(browser, sam, ruth, now):
    Person.objects.filter(pk=ruth.pk).update(about="I like tea & trains.")
    TrusteeFactory(alias="Agnes"), PersonFactory(alias="Gone", is_active=False)
    page = browser(sam).get("/desk/room/")
    assert [one.alias for one in page.context["team"]] == ["Ruth"]
    assert '<span class="said">I like tea &amp; trains.</span>' in page.content.decode()


def test_posting_comes_back_to_the_room_and_a_refusal_keeps_every_word(browser, asked, sam):
    page = browser(sam)
    assert page.post("/desk/room/", {"text": "Tea is up."}).url == "/desk/room/"
    response = page.post("/desk/room/", {"text": f"Look: {SIX}"})
    assert (response.status_code, response.context["post_form"].errors["text"]) == (422, [guarding.RECEIPT])
    assert f"Look: {SIX}" in response.content.decode()
    response = page.post("/desk/room/round/", {"text": "y" * 1001})
    assert (response.status_code, "y" * 1001 in response.content.decode()) == (422, True)
    assert page.post("/desk/room/round/", {"text": "A walk."}).url == "/desk/room/"
    assert Post.objects.count() == 2


def test_signed_out_meanwhile_what_they_typed_comes_back(calendar):
    for path in ("/desk/room/", "/desk/room/round/", "/desk/room/kudos/"):
        response = Client().post(path, {"text": "Long words."})
        assert (response.status_code, "Long words." in response.content.decode()) == (403, True)


@pytest.mark.parametrize("made", [TrusteeFactory])
def test_a_trustee_does_not_come_in(browser, clock, made):
    assert browser(made()).get("/desk/room/").status_code == 403


@pytest.mark.parametrize("sent", ["a\0b", "\u202eevil", "[" * 200_000, "<script>alert(1)</script>"])
def test_hostile_words_are_a_sentence_or_words(browser, sam, sent):
    response = browser(sam).post("/desk/room/", {"text": sent})
    assert response.status_code in {302, 422}
    assert "<script>alert" not in browser(sam).get("/desk/room/").content.decode()


def test_the_button_of_a_post_that_is_gone_says_so(browser, sam, ruth, now):
    row = say("Tea is up.", sam, now)
    other = browser(PersonFactory())
    assert other.post(f"/desk/room/{row.pk}/delete/").status_code == 403
    assert "delete/" not in other.get("/desk/room/").content.decode()
    assert browser(ruth).post(f"/desk/room/{row.pk}/delete/").url == "/desk/room/"
    assert (browser(sam).post(f"/desk/room/{row.pk}/delete/").status_code, Post.objects.count()) == (404, 0)
