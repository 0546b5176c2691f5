"""The recurring work of both floors, the same from beat, from `manage.py sweep` and from `manage.py purge`."""

from datetime import datetime

from advisors import consenting, inviting
from advisors.drafting import claiming
from advisors.duty import handing_over
from advisors.managing import once
from advisors.team import (
    checking_in,
    debriefing,
    expiring,
    opening,
    planning,
    posting,
    practising,
    praising,
    supporting,
)
from questions import sweeping


def purge(*, now: datetime) -> None:
    """Delete everything that is past its time. Each kind is a transaction of its own: a run that was killed is run
    again, and has nothing to do where it came to its end. Whose training ends is told by the way: it is hourly too."""
    sweeping.purge(now=now)
    for part in (checking_in, supporting, debriefing, planning, practising, opening, posting, praising):
        part.purge(now=now)
    for part in (handing_over, inviting, consenting, once):
        part.purge(now=now)
    expiring.tell(now=now)


def care(*, now: datetime) -> None:
    """What our own people wait for: somebody to come to them, and an offer to talk once the ladder took a question."""
    supporting.tell_everybody(now=now)
    claiming.close_returned(now=now)
