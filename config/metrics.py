"""/metrics: what the operator's Prometheus reads. All from the database, so that each web process says the same.

Off unless ASKPEER_METRICS_TOKEN is set; without the token the page is not there. Nothing in it is about one person:
no partner, no topic, and no count of how anybody here is.
"""

import hmac
import time
import tomllib
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db.models import Count, F, Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from advisors.drafting.models import Claim
from advisors.duty import presence
from askpeer import metrics
from askpeer.metrics import Metric, by, gauge, seconds
from questions import states
from questions.models import Question, Round

KEPT_SECONDS = 10  # by each process, so that asking often costs little
DAY = timedelta(days=1)
# name, from how many days on, until how many
AGES = (("under_1d", 0, 1), ("to_3d", 1, 3), ("to_7d", 3, 7), ("over_7d", 7, None))
_kept: dict[str, tuple[float, str]] = {}


@csrf_exempt
def page(request: HttpRequest) -> HttpResponse:
    """Who has not the token hears by no method that it is there."""
    if not _knows_the_token(request):
        raise Http404
    return _read(request)


@require_safe
def _read(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_said(), content_type=metrics.CONTENT_TYPE)


def _knows_the_token(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    # In bytes: a header may hold any, and a text that is not ASCII is refused by compare_digest.
    expected = f"Bearer {token}".encode()
    return bool(token) and hmac.compare_digest(given.encode(errors="replace"), expected)


def forget() -> None:
    """Count anew at the next use."""
    _kept.clear()


def _said() -> str:
    kept = _kept.get("page")
    if kept is None or time.monotonic() > kept[0]:
        kept = _kept["page"] = (time.monotonic() + KEPT_SECONDS, metrics.write(read(now=timezone.now())))
    return kept[1]


def read(*, now: datetime) -> list[Metric]:
    """Everything. 10 SQL, whatever there is."""
    return [_build(), *_questions(now), *metrics.of_the_ground(now=now), *_people(now)]


@cache
def _build() -> Metric:
    """The version as pyproject.toml has it: a checkout without git says it too."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return Metric("build_info", "Which version runs.", [(project["version"], 1)], "version")


def _questions(now: datetime) -> list[Metric]:
    """4 SQL."""
    by_status = dict(Question.objects.values_list("status").annotate(Count("pk")))
    unfinished = Question.objects.filter(status__in=states.UNFINISHED)
    by_level = dict(unfinished.values_list("level").annotate(Count("pk")))
    overdue = Question.objects.filter(alarm_at__lte=now).aggregate(at=Min("alarm_at"))["at"]
    waiting, late = _waiting(now)
    behind = seconds(overdue, now=now)
    return [
        by("status", "questions", "Questions by status.", states.STATUSES, by_status),
        by("level", "questions_unfinished", "Questions without an answer, by level.", states.LEVELS, by_level),
        by("age", "questions_waiting", "Questions without an answer, by age.", [*waiting], waiting),
        gauge("questions_late", "Questions past their promise.", late),
        gauge("alarm_overdue_seconds", "How long the oldest alarm is overdue.", behind),
    ]


def _waiting(now: datetime) -> tuple[dict[str, int], int]:
    """How many current rounds wait, by age, and how many of all are late. 1 SQL."""
    rounds = Round.objects.order_by().filter(
        number=F("question__round_number"), question__status__in=states.UNFINISHED, answered_at=None
    )
    late = Q(due_at__lte=now, question__status__in=states.PROMISED)
    aged = {name: Count("pk", filter=_aged(low, high, now)) for name, low, high in AGES}
    found = rounds.aggregate(late=Count("pk", filter=late), **aged)
    return {name: found[name] for name in aged}, found["late"]


def _aged(low: int, high: int | None, now: datetime) -> Q:
    old = Q(asked_at__lte=now - low * DAY) if low else Q()
    return old & Q(asked_at__gt=now - high * DAY) if high else old


def _people(now: datetime) -> list[Metric]:
    """How many claims are open and how many are on duty: not who. 2 SQL."""
    claims = Claim.objects.filter(released_at=None).count()
    return [
        gauge("claims_open", "Questions that somebody holds.", claims),
        gauge("on_duty", "Supervisors on duty.", len(presence.on_now(now=now))),
    ]
