"""What happens in a house, through the real verbs. Each act runs in a process of the house and returns plain data."""

import json
import random
import threading
import time
from pathlib import Path

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from advisors.drafting import claiming, writing
from advisors.duty import handing_over
from advisors.models import Person, Role
from advisors.signoff import locking, triaging
from askpeer import checks, history, receipts, rotating, vault
from askpeer.errors import Erased
from askpeer.fields import SealedTextField
from askpeer.models import TrailEntry, TrailSeal
from questions.intake import asking, reading, suggesting, withdrawing
from questions.intake.models import IntakeLimits
from questions.models import Contact, Message, Question, Topic
from tests.journeys import seed


def print_(name, *given):
    print(json.dumps(globals()[name](*given)))


def ask(count):
    """Ask so many; return [[id, six words, wrapped key in hex], …]."""
    IntakeLimits.objects.update_or_create(pk=1, defaults={"answers_a_day": 10_000})
    return [_ask(number) for number in range(count)]


def _ask(number):
    text, email = f"I eat lunch alone, day {number}.", f"{number}@asker.example"
    asked = asking.ask(text=text, age_band="13-15", email=email, now=timezone.now())
    return [str(asked.question.pk), asked.receipt, bytes(asked.question.wrapped_key).hex()]


def erase(words):
    """Erase what these receipts open."""
    for receipt in words:
        withdrawing.erase(question=_found(receipt), now=timezone.now())


def yesterday(count, erased, backup):
    """Ask so many, back up, erase the first of them, and let the trail be sealed; return what ask() does."""
    asked = ask(count)
    call_command("backup", backup, verbosity=0)
    erase([words for _, words, _ in asked[:erased]])
    return asked


def of_an_older_version(count, backup):
    """Back up as the version before the newest tables of partners would; then erase the first question."""
    asked = ask(count)
    call_command("migrate", "partners", "0002", verbosity=0)
    call_command("backup", backup, verbosity=0)
    call_command("migrate", verbosity=0)
    erase([asked[0][1]])
    return asked


def _found(receipt):
    return Question.objects.filter(receipt_digest=receipts.digest(receipt)).first()


def open_again(words):
    """How many of these receipts open something."""
    found = [_found(receipt) for receipt in words]
    return sum(1 for question in found if question and reading.thread(question, now=timezone.now()).messages)


def sealed():
    """{"opens": how many sealed values do, "unreadable": those that do not}, over every table."""
    counts = {"opens": 0, "unreadable": 0}
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]
        for row in model._base_manager.iterator() if names else ():
            for name in names:
                _count(row, name, counts)
    return counts


def _count(row, name, counts):
    try:
        opened = getattr(row, name)
    except (vault.Unreadable, Erased):
        counts["unreadable"] += 1
    else:
        counts["opens"] += opened is not None


def look(asked):
    """What there is to say of a database and of these questions: why it may not be served, or else what opens."""
    if said := complaint():
        return {"complaint": said}
    ids, words = [row[0] for row in asked], [row[1] for row in asked]
    rows = (Message.objects.filter(round__question__in=ids), Contact.objects.filter(question__in=ids))
    return {
        "complaint": "",
        "trail": history.verify(now=timezone.now()),
        "receipts": open_again(words),
        "rows": sum(found.count() for found in rows),
        "unreadable": sealed()["unreadable"],
    }


def complaint():
    """Why the service would not start, or ""."""
    try:
        checks.refuse_to_serve_unfit()
    except ImproperlyConfigured as problem:
        return str(problem)
    return ""


DRAFT = "You eat lunch alone, and that is hard. One small step is enough. It is number {number}."


def write(names, stop, log, rest):
    """One writer a name, each in its own thread, until the file stop is there; what each did stands in log.

    They rest so many seconds between two turns. Returns what made a writer end before.
    """
    IntakeLimits.objects.update_or_create(pk=1, defaults={"answers_a_day": 32_000})
    people = [seed.join(name, Role.ADVISOR, "nobody signs in") for name in names]
    Person.objects.filter(pk__in=[person.pk for person in people]).update(answers_given=20)
    failed = []
    writers = [threading.Thread(target=_write, args=(person, Path(stop), log, rest, failed)) for person in people]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    return failed


def _write(person, stop, log, rest, failed):
    """At least one turn, also where the file is there already."""
    number, mine = 0, random.Random(person.alias)
    try:
        with Path(f"{log}.{person.alias}").open("a") as lines:
            while number == 0 or not stop.exists():
                number += 1
                line = _turn(person, f"{person.alias} {number}", mine)
                print(json.dumps(line), file=lines, flush=True)
                time.sleep(rest)
    except Exception as problem:
        failed.append(repr(problem))
        raise
    finally:
        connection.close()


def _turn(person, number, mine):
    """One question on its way: asked, passed on, claimed, written; then erased, put back, or locked away as well.

    Returns [six words, the question's text, the draft's]; of an erased one empty texts.
    """
    sana, lee = Person.objects.get(alias="Sana"), Person.objects.get(alias="Lee")
    text = f"I eat lunch alone, {number}."
    asked = asking.ask(text=text, age_band="13-15", email="a@asker.example", now=timezone.now())
    question, words = Question.objects.get(pk=asked.question.pk), DRAFT.format(number=number)
    triaging.pass_on(
        question=question, version=1, summary=number, content_notes=[], by=sana, now=timezone.now(), names=["Sam"]
    )
    claiming.claim(question=question, by=person, version=question.version, now=timezone.now())
    writing.save(question=question, kind="answer", text=words, details=[], base=0, by=person, now=timezone.now())
    suggesting.suggest(topic=mine.choice(Topic.objects.all()), word=f"word {number}"[:30], now=timezone.now())
    handing_over.leave_note(text=f"Look at {number}.", by=sana, now=timezone.now())
    person.boundaries = json.dumps({number: "ask"})
    person.save()
    assert _found(asked.receipt).round.messages.get().text == text
    if mine.random() < 0.4:
        erase([asked.receipt])
        return [asked.receipt, "", ""]
    claiming.hand_back(question=question, by=person, version=question.version, note=number, now=timezone.now())
    if mine.random() < 0.2:
        today = timezone.now().date()
        day = today.replace(year=today.year + 1, day=1)
        locking.lock_away(question=question, reason=number, last_day=day, by=lee, now=timezone.now())
    return [asked.receipt, text, words]


def written(logs):
    """{"wrong": how many of what the writers wrote reads otherwise, …} with the keys at hand."""
    lines = [json.loads(line) for log in logs for line in Path(log).read_text().splitlines()]
    return {
        "wrong": sum(1 for line in lines if _reads(line[0]) != line[1:]),
        "unreadable": sealed()["unreadable"],
        "waiting": sum(rotating.waiting().values()),
        "kept": sum(1 for line in lines if line[1]),
        "erased": sum(1 for line in lines if not line[1]),
        "keys": _keys(),
    }


def _reads(receipt):
    question = _found(receipt)
    if question is None:
        return ["", ""]
    draft = writing.current(writing.draft_for(question, "answer"))
    return [question.round.messages.get().text, draft.text if draft else ""]


def _keys():
    """{table: how many keys of its own rows have}."""
    counts = {one._meta.db_table: one._base_manager.exclude(wrapped_key=None).count() for one in rotating.keepers()}
    return {table: count for table, count in counts.items() if count}


def seal_on():
    """Write into the trail and seal it, in batches of three, until somebody kills this process."""
    while True:
        for number in range(3):
            facts = {"number": number}
            history.record(subject="question:1", kind="moved", actor="asker", now=timezone.now(), facts=facts)
        history.seal(now=timezone.now() + history.SETTLE)


def finish_sealing():
    """Seal what is left; return (seals, entries without one, what verify() says)."""
    while history.seal(now=timezone.now() + history.SETTLE):
        pass
    unsealed = TrailEntry.objects.filter(seal=None).count()
    return TrailSeal.objects.count(), unsealed, history.verify(now=timezone.now())
