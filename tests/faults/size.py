"""How big a fault is: small in the test run, the whole figure under `manage.py faults`."""

import os

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "faults"


def size(short, long):
    return long if LONG else short
