"""The service's settings where a partner's server on this machine hears its webhooks. All else is as it is."""

from config.settings import *  # noqa: F403
from config.settings import OUTBOX_HANDLERS as AS_EVERYWHERE

OUTBOX_HANDLERS = AS_EVERYWHERE | {"webhook": "tests.journeys.hearing.told"}
