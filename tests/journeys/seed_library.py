"""What the journey out of the library finds: a partner who listens, and answers that were published yesterday."""

import json
import os
from datetime import timedelta

from django.utils import timezone

from questions.models import Topic
from questions.partners import hooks
from questions.partners.models import Partner
from tests.journeys import seed
from tests.questions.publication.shelf import published


def main() -> None:
    found, now = seed.begin(), timezone.now()
    partner, topic = Partner.objects.get(), Topic.objects.get(slug="lonely")
    secret = hooks.add(partner=partner, url=os.environ["JOURNEY_HOOK"], now=now)
    asked, yesterday = now - timedelta(days=20), now - timedelta(days=1)
    rows = [published(asked=asked, now=yesterday, topic=topic, title=title) for title in ("Zebras at lunch", "Lunch")]
    print(json.dumps(found | {"secret": secret, "publication": str(rows[0].pk)}))
