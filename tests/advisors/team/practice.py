"""Practice as it stands once a reviewer found it good enough."""

from advisors.team import teaching, training
from advisors.team.models import Attempt

TRACKS = ("craft", "listening", "limits")


def answered(person, unit, by, at, *, good=True):
    """An attempt at this unit, with feedback in the same moment."""
    values = {"text": "Hello you.", "feedback": "Warm.", "feedback_by": by, "feedback_at": at, "good": good}
    return Attempt.objects.create(person=person, track=unit.track, unit=unit.slug, at=at, **values)


def ready_for(person, track, by, at):
    """Every unit of this track has a good answer."""
    for unit in teaching.course(track).units:
        answered(person, unit, by, at)


def pass_all(person, by, now):
    """Everything answered well, and all three tracks passed."""
    for track in TRACKS:
        ready_for(person, track, by, now)
        training.pass_track(person=person, track=track, by=by, now=now)


def renew(person, track, by, now):
    """The last question answered anew, and the track passed again."""
    answered(person, teaching.course(track).last, by, now)
    return training.pass_track(person=person, track=track, by=by, now=now)
