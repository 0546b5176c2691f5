"""One load of the month from the first question to the last answer."""

import uuid
from random import Random

from django.apps import apps
from django.db import connection, models, transaction

from config.demo import reference
from config.demo.month import figures, plan
from config.demo.month.askers import Askers
from config.demo.month.beating import Beat
from config.demo.month.checkers import Checkers
from config.demo.month.clock import Clock
from config.demo.month.figures import Figures
from config.demo.month.people import Staff, hire
from config.demo.month.writers import Writers
from questions.intake.models import IntakeLimits
from questions.models import Topic


def simulate(*, questions: int, load: int, seed: int) -> Figures:
    """Fill an empty database. questions is how many come at 100 %, load is in per cent.

    The same seed gives the same figures.
    """
    _make_repeatable(seed)
    chance, clock = Random(seed), Clock(plan.STARTS)  # it has to be repeatable  # nosec B311
    topics, staff = _prepare(questions, chance)
    askers = Askers(clock, topics, round(questions * load / 100), chance)
    writers = Writers(clock, staff, staff.advisors, askers, chance)
    checkers = Checkers(clock, staff, staff.reviewers, askers, chance)
    beat = Beat(clock, checkers)
    clock.run(lambda: clock.now >= plan.LAST or (clock.now >= plan.ENDS and clock.now.minute == 0 and askers.is_done()))
    return figures.count(load, [writers, checkers], askers, beat)


def _make_repeatable(seed: int) -> None:
    """Lists are ordered by id in the last place, so the ids are drawn from the seed as well."""
    chance = Random(seed + 1)  # nothing here is a secret  # nosec B311
    for model in apps.get_models():
        key = model._meta.pk
        if isinstance(key, models.UUIDField):
            key.default = lambda: uuid.UUID(int=chance.getrandbits(128), version=4)
            key.__dict__.pop("_get_default", None)


def _prepare(questions: int, chance: Random) -> tuple[dict[str, Topic], Staff]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # it is thrown away, and need not outlive a power cut
    with transaction.atomic():
        topics = reference.seed_topics()
        reference.seed_signposts(topics)
        reference.seed_risk_rules()
        staff = hire(questions, chance)
        reference.seed_wordings(staff.reviewers[0].person, staff.reviewers[1].person)
        IntakeLimits.objects.create(answers_a_day=plan.answers_a_day(questions))
    return topics, staff
