"""A volunteer's own side. How somebody is, and what they write about themselves, is health data of young people too:
sealed under the person's own key; check-ins, calls and debriefs are gone after 90 days.
"""

from advisors.team.models.caring import CheckIn, Debrief, SupportCall, WrapUp
from advisors.team.models.learning import Attempt, Training
from advisors.team.models.planning import Turn
from advisors.team.models.room import Coaching, Kudos, Opened, Post

__all__ = [
    "Attempt",
    "CheckIn",
    "Coaching",
    "Debrief",
    "Kudos",
    "Opened",
    "Post",
    "SupportCall",
    "Training",
    "Turn",
    "WrapUp",
]
