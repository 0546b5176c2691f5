"""What staff are mailed, when and how often: numbers and a way in, and nothing of a question."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from advisors import notices, roles
from advisors.drafting import claiming
from advisors.drafting.models import Recusal
from advisors.duty import presence, rota
from advisors.duty.models import Absence, Shift
from advisors.models import Person
from advisors.reminding import group_reminders
from advisors.signoff import leaving, locking
from advisors.tasks import notify
from askpeer import calendars, outbox
from askpeer.models import OpeningWindow, OutboxRow
from config.celery import app as celery
from questions import erasing, moves, ringing, states
from questions.intake.models import OnCall
from questions.models import Question, Reminder, SafetyReport
from questions.moves import Actor
from tests.factories import (
    LeadFactory,
    ManagerFactory,
    PersonFactory,
    SupervisorFactory,
    TrusteeFactory,
    make_question,
)

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 16, 23, tzinfo=UTC)


def remind(question, kind, *, now, stage=None, **values):
    stage = (0 if kind in states.PROMISE_RUNGS else question.version) if stage is None else stage
    return Reminder.objects.create(
        question=question, round_number=1, stage=stage, kind=kind, due_at=now, made_at=now, **values
    )


def told():
    """{alias of the mailed person's address: the sentences of their mail}."""
    return {message.to[0].split("@")[0]: message.body.split("\n\n")[1].splitlines() for message in mail.outbox}


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


@pytest.fixture
def staff(calendar):
    return {
        "advisor": PersonFactory(email="advisor@askpeer.example"),
        "supervisor": SupervisorFactory(email="supervisor@askpeer.example"),
        "lead": LeadFactory(email="lead@askpeer.example"),
        "manager": ManagerFactory(email="manager@askpeer.example"),
    }


def held(holder, now):
    question = make_question(now=now)
    moves.move(question, states.OPEN, by=Actor(states.SUPERVISOR, "person:s"), now=now)
    moves.move(question, states.IN_PROGRESS, by=Actor(states.ADVISOR, holder.name), now=now, changes={"holder": holder})
    return question


@pytest.mark.parametrize(
    ("kind", "people"),
    [
        ("half", ["advisor"]),
        ("most", ["advisor"]),
        ("full", ["advisor", "lead", "supervisor"]),
        ("at_risk", ["lead", "supervisor"]),
        ("late", ["lead", "manager", "supervisor"]),
        ("at_risk_again", ["lead", "supervisor"]),
        ("again", ["lead", "manager", "supervisor"]),
    ],
)
def test_each_rung_reaches_the_people_it_is_meant_for(staff, now, kind, people):
    question = held(staff["advisor"], now)
    remind(question, kind, now=now, holder=staff["advisor"])
    assert group_reminders(now=now) == 1
    outbox.relay(now=now)
    assert sorted(told()) == people


def test_a_person_gets_one_mail_that_counts_and_holds_nothing_of_the_questions(staff, now, settings):
    first, second = held(staff["advisor"], now), held(staff["advisor"], now)
    remind(first, "most", now=now, holder=staff["advisor"])
    remind(second, "half", now=now, holder=staff["advisor"])
    assert group_reminders(now=now) == 2
    assert group_reminders(now=now) == 0
    outbox.relay(now=now)
    alias = staff["advisor"].alias
    counted = "1 question has used most of the time of its stage.\n1 question is halfway through the time of its stage."
    assert [(message.subject, message.body) for message in mail.outbox] == [
        ("2 questions need you", f"Hello {alias},\n\n{counted}\n\n{settings.SITE_URL}/desk/\n")
    ]


def test_two_groups_in_one_minute_lose_nothing(staff, now):
    for moment in (now, now + timedelta(seconds=5)):
        remind(held(staff["advisor"], now), "half", now=now, holder=staff["advisor"])
        group_reminders(now=moment)
        outbox.relay(now=moment)
    assert [message.subject for message in mail.outbox] == ["1 question needs you", "1 question needs you"]


def test_at_night_only_red_is_told_and_the_morning_brings_one_mail(staff, now):
    red, green = held(staff["advisor"], now), held(staff["advisor"], now)
    Question.objects.filter(pk=red.pk).update(level="red")
    for question in (red, green):
        remind(question, "most", now=NIGHT, holder=staff["advisor"])
    remind(green, "at_risk", now=NIGHT + timedelta(hours=1))
    Question.objects.update(alarm_at=None, alarm_kind="")  # all of it is rung
    assert group_reminders(now=NIGHT) == 1
    morning = datetime(2026, 11, 17, 10, tzinfo=UTC)
    assert group_reminders(now=morning - timedelta(seconds=1)) == 0
    assert group_reminders(now=morning) == 2
    assert set(Reminder.objects.values_list("kind", "told_at")) == {
        ("most", NIGHT),
        ("most", morning),
        ("at_risk", morning),
    }


def test_a_case_about_staff_is_the_leads_alone(staff, now):
    question = held(staff["lead"], now)
    Question.objects.filter(pk=question.pk).update(about_staff=True)
    remind(question, "late", now=now, holder=staff["advisor"])
    group_reminders(now=now)
    outbox.relay(now=now)
    assert sorted(told()) == ["lead"]


def test_a_recused_supervisor_hears_nothing_of_the_question(staff, now):
    question = held(staff["advisor"], now)
    Recusal.objects.create(question=question, person=staff["supervisor"], at=now)
    remind(question, "full", now=now, holder=staff["advisor"])
    group_reminders(now=now)
    outbox.relay(now=now)
    assert sorted(told()) == ["advisor", "lead"]


def test_a_red_question_that_nobody_holds_reminds_the_supervisors_at_half_its_hour(staff, now):
    question = make_question(now=now, level="red")
    remind(question, "half", now=now)
    group_reminders(now=now)
    outbox.relay(now=now)
    assert sorted(told()) == ["lead", "supervisor"]


def test_somebody_who_left_is_told_nothing(staff, now):
    remind(held(staff["advisor"], now), "half", now=now, holder=staff["advisor"])
    group_reminders(now=now)
    Person.objects.filter(pk=staff["advisor"].pk).update(is_active=False)
    outbox.relay(now=now)
    assert (mail.outbox, OutboxRow.objects.get().state) == ([], "dropped")


def test_a_reminder_whose_stage_ended_is_left_out(staff, now):
    question = held(staff["advisor"], now)
    remind(question, "half", now=now, holder=staff["advisor"])
    remind(question, "at_risk", now=now)
    group_reminders(now=now)
    moves.move(question, states.IN_REVIEW, by=Actor(states.ADVISOR, "person:a"), now=now)
    outbox.relay(now=now)
    assert told() == {
        "lead": ["1 question has little of its promised time left."],
        "supervisor": ["1 question has little of its promised time left."],
    }


def test_a_superseded_rung_is_never_told(staff, now):
    remind(held(staff["advisor"], now), "half", now=now, holder=staff["advisor"], superseded=True)
    assert group_reminders(now=now) == 0


def test_a_returned_claim_is_told_to_who_held_it(staff, now):
    question = held(staff["advisor"], now)
    ringing.ring_due(now=datetime(2026, 11, 18, 17, 59, tzinfo=UTC))
    question.refresh_from_db()
    assert question.status == "open"
    Reminder.objects.exclude(kind="returned").update(superseded=True)
    group_reminders(now=datetime(2026, 11, 18, 17, 59, tzinfo=UTC))
    outbox.relay(now=datetime(2026, 11, 18, 17, 59, tzinfo=UTC))
    line = ["1 claim went back to the queue, with its draft."]
    assert told() == {"advisor": line, "lead": line, "supervisor": line}


@pytest.mark.parametrize("count", [1, 3])
def test_grouping_costs_the_same_for_one_and_for_three(staff, now, count, django_assert_num_queries):
    for _ in range(count):
        remind(held(staff["advisor"], now), "half", now=now, holder=staff["advisor"])
    # savepoint twice, red words told lately, any untold, any alarm unrung, reminders, people, on duty, on shift, away,
    # recusals, who was told already, rows that wait already, new rows, no more waiting, told_at
    group = django_assert_num_queries(16)
    with group:
        group_reminders(now=now)


def test_beat_asks_for_the_notices_every_minute():
    entry = celery.conf.beat_schedule["notify"]
    assert (entry["task"], entry["schedule"], entry["options"]) == (notify.name, 60.0, {"expires": 60})


def put_alert(kind, question, now):
    outbox.put(kind, key=f"{kind}:{question.pk}:1", refs={"subject": question.subject, "round": 1}, now=now)
    outbox.relay(now=now)


def test_a_red_question_reaches_every_supervisor_and_lead_at_once(staff, settings):
    question = make_question(now=NIGHT, level="red", text="I can't stay here tonight.")
    put_alert("red-question", question, NIGHT)
    line = ["A red question is waiting. Someone needs to read it within the hour."]
    assert told() == {"lead": line, "supervisor": line}
    assert {message.body.splitlines()[-1] for message in mail.outbox} == {f"{settings.SITE_URL}/review/"}
    assert set(OutboxRow.objects.values_list("kind", "state")) == {("red-question", "sent"), ("staff-alert", "sent")}


def test_a_red_question_about_staff_reaches_the_lead_alone(staff, now):
    put_alert("red-question", make_question(now=now, level="red", about_staff=True), now)
    assert sorted(told()) == ["lead"]


def test_a_question_no_longer_red_alerts_nobody(staff, now):
    put_alert("red-question", make_question(now=now, level="amber"), now)
    assert (mail.outbox, OutboxRow.objects.get().state) == ([], "dropped")


def test_an_erased_question_alerts_nobody(staff, now):
    question = make_question(now=now, level="red")
    erasing.erase(question, by=moves.ASKER, now=now)
    put_alert("red-question", question, now)
    assert (mail.outbox, OutboxRow.objects.get().state) == ([], "dropped")


@pytest.mark.parametrize("status", [status for status in states.STATUSES if status != "withdrawn"])
def test_a_question_made_red_in_any_status_alerts_them(staff, now, status):
    question = make_question(now=now, level="red")
    Question.objects.filter(pk=question.pk).update(status=status)
    put_alert("red-question", question, now)
    assert sorted(told()) == ["lead", "supervisor"]


def test_with_nobody_to_read_it_the_alert_waits_on_the_managers_list(calendar, now):
    ManagerFactory()
    put_alert("red-question", make_question(now=now, level="red"), now)
    assert (mail.outbox, OutboxRow.objects.get().state) == ([], "dead")


@pytest.mark.parametrize(
    ("kept", "people"),
    [
        ([{"level": "red"}, {"level": "red"}], ["lead", "supervisor"]),
        ([{"level": "red", "about_staff": True}], ["lead"]),
        ([{"level": "amber"}], []),
        ([{"level": "red", "quarantined": False}], []),
    ],
)
def test_red_words_in_quarantine_reach_whoever_may_read_them(staff, now, kept, people):
    for values in kept:
        make_question(now=now, **{"quarantined": True} | values)
    for readers in ("all", "lead", "trustee"):
        outbox.put("red-quarantine", key=f"red-quarantine:{readers}", refs={"readers": readers}, now=now)
    outbox.relay(now=now)
    line = ["Among what came in quarantine there are words that ask for red. Someone needs to look within the hour."]
    assert told() == dict.fromkeys(people, line)


def test_a_safety_report_reaches_them_at_once_until_it_is_settled(staff, now):
    question = make_question(now=NIGHT)
    report = SafetyReport.objects.create(round=question.round, words="This told me to stop eating.", sent_at=NIGHT)
    put_alert("safety-report", question, NIGHT)
    assert sorted(told()) == ["lead", "supervisor"]
    assert {message.subject for message in mail.outbox} == {"An answer was reported"}
    report.settled_at, report.settled_by = NIGHT, staff["lead"]
    report.save()
    outbox.put("safety-report", key="again", refs={"subject": question.subject, "round": 1}, now=NIGHT)
    outbox.relay(now=NIGHT)
    assert OutboxRow.objects.get(key="again").state == "dropped"


HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def turn(kind, person, now, *, starts=-HOUR, ends=HOUR):
    kind.objects.create(person=person, starts_at=now + starts, ends_at=now + ends)


def away(person, day):
    Absence.objects.create(person=person, first_day=day, last_day=day)


@pytest.fixture
def more(staff):
    """Two more supervisors, so that there is somebody to leave out."""
    return staff | {name: SupervisorFactory(email=f"{name}@askpeer.example") for name in ("ada", "ben")}


def alerted(now, **values):
    put_alert("red-question", make_question(now=now, level="red", **values), now)
    return sorted(told())


def test_in_open_hours_red_goes_to_who_is_on_duty_or_on_shift_and_the_lead(more, now):
    presence.go_on(person=more["ada"], now=now)
    turn(Shift, more["ben"], now)
    assert alerted(now) == ["ada", "ben", "lead"]


def test_while_we_are_closed_red_goes_to_who_is_on_call_alone(more):
    turn(OnCall, more["ada"], NIGHT)
    turn(Shift, more["ben"], NIGHT)
    presence.go_on(person=more["supervisor"], now=NIGHT)
    assert alerted(NIGHT) == ["ada"]


@pytest.mark.parametrize(
    ("starts", "ends", "people"),
    [
        (timedelta(), SECOND, ["ada"]),
        (SECOND, HOUR, ["ada", "ben", "lead", "supervisor"]),
        (-HOUR, timedelta(), ["ada", "ben", "lead", "supervisor"]),
    ],
)
def test_a_turn_on_call_holds_from_its_first_second_to_its_last(more, starts, ends, people):
    turn(OnCall, more["ada"], NIGHT, starts=starts, ends=ends)
    assert alerted(NIGHT) == people


def test_with_only_somebody_recused_on_hand_everybody_else_is_told(more, now):
    question = make_question(now=now, level="red")
    Recusal.objects.create(question=question, person=more["ada"], at=now)
    presence.go_on(person=more["ada"], now=now)
    put_alert("red-question", question, now)
    assert sorted(told()) == ["ben", "lead", "supervisor"]


def test_who_is_away_today_is_left_out_unless_nobody_else_is_left(more, now):
    away(more["ada"], now.date())
    away(more["ben"], now.date() - timedelta(days=1))
    assert alerted(now) == ["ben", "lead", "supervisor"]


def test_with_everybody_away_everybody_is_told(staff, now):
    for person in staff.values():
        away(person, now.date())
    assert alerted(now) == ["lead", "supervisor"]


@pytest.mark.parametrize(
    "lacking", [{"vetted_until": date(2026, 11, 15)}, {"vetted_on": None}, {"agreed_to": "2020-01"}]
)
def test_with_only_somebody_on_call_to_whom_nothing_opens_all_others_are_told(more, lacking):
    turn(OnCall, more["ada"], NIGHT)
    Person.objects.filter(pk=more["ada"].pk).update(**lacking)
    assert alerted(NIGHT) == ["ben", "lead", "supervisor"]


def test_with_the_one_on_call_away_all_others_are_told(more):
    turn(OnCall, more["ada"], NIGHT)
    away(more["ada"], NIGHT.date())
    assert alerted(NIGHT) == ["ben", "lead", "supervisor"]


@pytest.mark.parametrize("recused", [True, False])
def test_of_a_case_about_staff_a_trustee_is_told_where_a_lead_is_kept_from_it(staff, now, recused):
    TrusteeFactory(email="trustee@askpeer.example")
    question = make_question(now=now, level="red", about_staff=True)
    if recused:
        Recusal.objects.create(question=question, person=staff["lead"], at=now)
    assert roles.for_a_trustee(question) == recused
    remind(question, "half", now=now)
    group_reminders(now=now)
    put_alert("red-question", question, now)
    assert (
        sorted(message.to[0] for message in mail.outbox) == [f"{'trustee' if recused else 'lead'}@askpeer.example"] * 2
    )


def test_red_words_in_quarantine_go_to_who_is_on_hand_too(more, now):
    make_question(now=now, quarantined=True, level="red")
    presence.go_on(person=more["ada"], now=now)
    outbox.put("red-quarantine", key="red-quarantine:all", refs={"readers": "all"}, now=now)
    outbox.relay(now=now)
    assert sorted(told()) == ["ada", "lead"]


def test_the_duty_rung_goes_to_who_is_on_hand(more, now):
    presence.go_on(person=more["ada"], now=now)
    question = held(more["advisor"], now)
    remind(question, "full", now=now, holder=more["advisor"])
    remind(question, "at_risk", now=now)
    group_reminders(now=now)
    outbox.relay(now=now)
    assert {name: len(lines) for name, lines in told().items()} == {
        "ada": 2,
        "advisor": 1,
        "ben": 1,
        "lead": 1,
        "supervisor": 1,
    }


def test_for_a_holder_who_is_away_whoever_is_on_duty_is_reminded(more, now):
    away(more["advisor"], now.date())
    turn(Shift, more["ben"], now)
    remind(held(more["advisor"], now), "half", now=now, holder=more["advisor"])
    group_reminders(now=now)
    outbox.relay(now=now)
    assert sorted(told()) == ["ben"]


def test_at_night_the_rung_of_a_red_question_goes_to_who_is_on_call(more):
    turn(OnCall, more["ada"], NIGHT)
    remind(make_question(now=NIGHT, level="red"), "half", now=NIGHT)
    group_reminders(now=NIGHT)
    outbox.relay(now=NIGHT)
    assert sorted(told()) == ["ada"]


def test_a_flood_of_red_words_in_quarantine_is_told_once_in_ten_minutes(staff, now):
    told_at = []
    for minute in range(21):
        moment = now + timedelta(minutes=minute)
        remind(make_question(now=now, level="red", quarantined=True), "half", now=moment)
        if group_reminders(now=moment):
            told_at.append(minute)
    assert told_at == [0, 10, 20]
    assert Reminder.objects.filter(told_at=None).count() == 0


def test_what_a_clock_an_hour_ahead_told_keeps_no_red_words_in_quarantine_back(staff, now):
    ahead = now + timedelta(hours=1)
    remind(make_question(now=now, level="red", quarantined=True), "half", now=ahead, told_at=ahead)
    for minute, told in ((1, 1), (2, 0)):
        moment = now + timedelta(minutes=minute)
        remind(make_question(now=now, level="red", quarantined=True), "half", now=moment)
        assert group_reminders(now=moment) == told


def test_what_waits_apart_keeps_no_other_reminder_back(staff, now):
    for moment in (now, now + timedelta(minutes=1)):
        remind(make_question(now=now, level="red", quarantined=True), "half", now=moment)
        remind(held(staff["advisor"], now), "half", now=moment, holder=staff["advisor"])
    assert [group_reminders(now=now + timedelta(minutes=minute)) for minute in (0, 1)] == [4, 0]
    remind(make_question(now=now, level="red", quarantined=True), "half", now=now)
    remind(held(staff["advisor"], now), "half", now=now, holder=staff["advisor"])
    later = now + timedelta(minutes=10)
    assert [group_reminders(now=later - SECOND), group_reminders(now=later)] == [1, 1]


def test_an_alert_is_not_sent_to_who_may_not_read_it_any_more(staff, now):
    accused = LeadFactory(email="accused@askpeer.example")
    case = make_question(now=now, about_staff=True)
    locking.lock_away(question=case, reason="Why.", last_day=date(2027, 1, 1), by=staff["lead"], now=now)
    [note] = case.locked_notes.all()
    for refs in ({"note": str(note.pk), "about": "case"}, {"subject": case.subject, "about": "staff"}):
        own = refs | {"person": str(accused.pk)}
        assert notices.alert(own, key="k", now=now).to == accused.email
    claiming.recuse(question=case, by=accused, now=now)
    for refs in ({"note": str(note.pk), "about": "case"}, {"subject": case.subject, "about": "staff"}):
        own = refs | {"person": str(accused.pk)}
        assert notices.alert(own, key="k", now=now) is None


def put_shares(question, now):
    """Put everybody's own row and send none of them yet."""
    refs = {"subject": question.subject, "round": 1}
    outbox.put("red-question", key=f"red-question:{question.pk}", refs=refs, now=now)
    outbox.deliver(outbox.claim_one(now=now), now=now)


@pytest.mark.parametrize(("level", "people"), [("green", []), ("amber", []), ("red", ["lead", "supervisor"])])
def test_a_red_alert_that_waited_is_asked_again_before_it_is_mailed(staff, now, level, people):
    question = make_question(now=now, level="red")
    put_shares(question, now)
    Question.objects.update(level=level)
    outbox.relay(now=now + HOUR)
    assert sorted(told()) == people


def test_whoever_is_kept_from_it_meanwhile_is_not_mailed(staff, now):
    question = make_question(now=now, level="red")
    put_shares(question, now)
    Recusal.objects.create(question=question, person=staff["supervisor"], at=now)
    outbox.relay(now=now + HOUR)
    assert sorted(told()) == ["lead"]


def test_other_alerts_do_not_hang_on_the_level(staff, now):
    question = make_question(now=now)
    SafetyReport.objects.create(round=question.round, words="Wrong.", sent_at=now)
    put_alert("safety-report", question, now)
    assert sorted(told()) == ["lead", "supervisor"]


def test_without_any_opening_hours_everybody_is_told_of_red(more, now):
    away(more["ada"], now.date())
    question = make_question(now=now, level="red")
    OpeningWindow.objects.all().delete()
    calendars.forget()
    put_alert("red-question", question, now)
    assert sorted(told()) == ["ada", "ben", "lead", "supervisor"]


def test_without_any_opening_hours_reminders_of_red_are_told_too(staff, now):
    remind(make_question(now=now, level="red"), "half", now=now)
    OpeningWindow.objects.all().delete()
    calendars.forget()
    group_reminders(now=now)
    outbox.relay(now=now)
    assert sorted(told()) == ["lead", "supervisor"]


def put_on_call(person):
    return OnCall.objects.create(person=person, starts_at=NIGHT - HOUR, ends_at=NIGHT + 11 * HOUR)


def mailed():
    return sorted(message.to[0].split("@")[0] for message in mail.outbox)


def test_where_who_was_alerted_of_red_leaves_first_the_others_are_alerted_at_once_and_once(more):
    put_on_call(more["ada"])
    put_shares(make_question(now=NIGHT, level="red"), NIGHT)
    leaving.leave(person=more["ada"], by=more["manager"], now=NIGHT)
    for minute in range(3):
        outbox.relay(now=NIGHT + timedelta(minutes=minute))
    assert mailed() == ["ben", "lead", "supervisor"]


@pytest.mark.parametrize(("level", "people"), [("red", ["ben", "lead", "supervisor"]), ("amber", [])])
def test_an_alert_that_was_put_just_as_its_reader_left_reaches_the_others(more, level, people):
    """Neither saw the other: no turn ran when they left, and they were still there when the alert was put."""
    put_on_call(more["ada"])
    moment = NIGHT.replace(microsecond=123456)
    put_shares(make_question(now=NIGHT, level="red"), moment)
    Person.objects.filter(pk=more["ada"].pk).update(is_active=False)
    Question.objects.update(level=level)
    outbox.relay(now=moment)
    assert mailed() == people
    assert max(len(row.key) for row in OutboxRow.objects.all()) <= OutboxRow._meta.get_field("key").max_length


def test_of_an_erased_question_nobody_is_alerted_anew(more):
    put_on_call(more["ada"])
    question = make_question(now=NIGHT, level="red")
    put_shares(question, NIGHT)
    leaving.leave(person=more["ada"], by=more["manager"], now=NIGHT)
    erasing.erase(question, by=moves.ASKER, now=NIGHT)
    outbox.relay(now=NIGHT)
    assert mail.outbox == []


WAITS = {"level": "red"}


@pytest.mark.parametrize(
    ("values", "people"),
    [
        (WAITS, ["ada", "ada", "ben", "lead", "supervisor"]),
        (WAITS | {"status": "open"}, ["ada"]),
        (WAITS | {"about_lead": True, "about_staff": True}, ["trustee"]),
        ({"level": "amber"}, []),
    ],
)
def test_red_that_waits_unread_is_told_anew_where_the_turn_on_call_is_taken_off(more, values, people):
    TrusteeFactory(email="trustee@askpeer.example")
    turn = put_on_call(more["ada"])
    put_alert("red-question", make_question(now=NIGHT, **values), NIGHT)
    rota.remove(turn, by=more["manager"], now=NIGHT + SECOND)
    for minute in (1, 2):
        outbox.relay(now=NIGHT + timedelta(minutes=minute))
    assert mailed() == people


def test_a_turn_on_call_that_has_not_begun_is_taken_off_without_a_word(more):
    put_on_call(more["ada"])
    later = OnCall.objects.create(person=more["ben"], starts_at=NIGHT + HOUR, ends_at=NIGHT + 2 * HOUR)
    put_alert("red-question", make_question(now=NIGHT, level="red"), NIGHT)
    rota.remove(later, by=more["manager"], now=NIGHT)
    outbox.relay(now=NIGHT)
    assert mailed() == ["ada"]


NOT_READY = {
    "not agreed": {"agreed_on": None, "agreed_to": ""},
    "an older wording": {"agreed_to": "2025-01"},
    "not checked": {"vetted_on": None},
    "checks ran out": {"vetted_until": date(2026, 11, 15)},
}
not_ready = pytest.mark.parametrize("lacks", NOT_READY.values(), ids=NOT_READY)


def keep_out(*people, lacks):
    Person.objects.filter(pk__in=[person.pk for person in people]).update(**lacks)


def a_red_question(staff, now):
    put_alert("red-question", make_question(now=now, level="red"), now)


def red_words_apart(staff, now):
    make_question(now=now, quarantined=True, level="red")
    outbox.put("red-quarantine", key="red-quarantine:all", refs={"readers": "all"}, now=now)
    outbox.relay(now=now)


def a_report(staff, now):
    question = make_question(now=now)
    SafetyReport.objects.create(round=question.round, words="Wrong.", sent_at=now)
    put_alert("safety-report", question, now)


def a_reminder(staff, now):
    remind(make_question(now=now), "at_risk", now=now)
    group_reminders(now=now)
    outbox.relay(now=now)


TOLD = [a_red_question, red_words_apart, a_report, a_reminder]


@not_ready
@pytest.mark.parametrize("happens", TOLD)
def test_who_can_open_nothing_is_told_nothing(more, now, lacks, happens):
    """Also on duty and on shift: whoever is left is told, as with nobody on hand."""
    presence.go_on(person=more["ada"], now=now)
    turn(Shift, more["ben"], now)
    keep_out(more["ada"], more["ben"], lacks=lacks)
    happens(more, now)
    assert mailed() == ["lead", "supervisor"]


@not_ready
@pytest.mark.parametrize("happens", TOLD)
def test_where_nobody_can_open_it_they_are_told_all_the_same(staff, now, lacks, happens):
    """But for an account that is closed, which is nobody's."""
    SupervisorFactory(email="gone@askpeer.example", is_active=False)
    keep_out(staff["supervisor"], staff["lead"], lacks=lacks)
    happens(staff, now)
    assert mailed() == ["lead", "supervisor"]


@not_ready
def test_whoever_holds_a_question_is_reminded_of_it_whatever_else_is_closed_to_them(staff, now, lacks):
    question = held(staff["supervisor"], now)
    keep_out(staff["supervisor"], lacks=lacks)
    remind(question, "half", now=now, holder=staff["supervisor"])
    group_reminders(now=now)
    outbox.relay(now=now)
    assert mailed() == ["supervisor"]


@not_ready
def test_a_safeguarding_case_is_told_to_the_keepers_who_can_open_it(staff, now, lacks):
    new = LeadFactory(email="new@askpeer.example")
    note = locking.lock_away(
        question=make_question(now=now), reason="Why.", last_day=date(2027, 1, 1), by=staff["lead"], now=now
    )
    keep_out(new, lacks=lacks)
    told_of = {"note": str(note.pk), "by": str(staff["lead"].pk)}
    assert notices.safeguarding_case(told_of, key="a", now=now) is None
    notices.safeguarding_case(told_of | {"by": str(staff["supervisor"].pk)}, key="b", now=now).send()
    assert [row.refs["person"] for row in OutboxRow.objects.all()] == [str(staff["lead"].pk)]


@not_ready
def test_a_draft_is_given_to_a_deputy_where_the_lead_can_open_nothing(staff, now, lacks):
    deputy = SupervisorFactory(deputy=True)
    question = make_question(now=now)
    keep_out(staff["lead"], lacks=lacks)
    assert notices.leads_for(question, now=now) == [deputy]
    keep_out(deputy, lacks=lacks)
    assert [person.email for person in notices.leads_for(question, now=now)] == ["lead@askpeer.example"]
