"""The feeling cards and the timeline: ways to say something when words are too hard."""

from django.utils.translation import gettext_lazy as _

MOMENTS = 6
MOMENT_LIMIT = 120  # characters

CARDS = (
    ("sad", _("Sad")),
    ("angry", _("Angry")),
    ("scared", _("Scared")),
    ("worried", _("Worried")),
    ("lonely", _("Lonely")),
    ("numb", _("Numb")),
    ("ashamed", _("Ashamed")),
    ("confused", _("Confused")),
    ("tired", _("Tired")),
    ("hurt", _("Hurt")),
    ("jealous", _("Jealous")),
    ("hopeful", _("Hopeful")),
    ("okay", _("Okay")),
    ("proud", _("Proud")),
    ("stuck", _("Stuck")),
    ("overwhelmed", _("Overwhelmed")),
)
LABELS = dict(CARDS)
