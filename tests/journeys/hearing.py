"""The outbox handler of webhooks in a worker of its own: it is told which certificate to trust when it starts."""

import os

from tests.questions.partners import hearing

hearing.ROOTS["pem"] = os.environ["JOURNEY_PEM"]
told = hearing.told
