"""The mark of what a page was made from. A form that names another one is refused, and nothing is overwritten."""

import hashlib
import json
from typing import Any

from django import forms

from askpeer.errors import Stale

CHANGED = (
    "Somebody changed this meanwhile. It stands above as it is now. What you typed is kept: look at both, then save."
)


def mark(*values: Any) -> str:
    """40 letters that change with any of these."""
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()[:40]


def check(seen: str, *values: Any) -> None:
    """Raises Stale where the page was made from something else."""
    if seen != mark(*values):
        raise Stale(CHANGED)


class SeenForm(forms.Form):
    """A form that names what it saw."""

    seen = forms.CharField(
        max_length=40,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "max_length"), "Open this page again, then try once more."),
    )

    def look_again(self, seen: str) -> None:
        """What is typed is kept, and may be sent over what holds now: the page shows it."""
        sent: Any = self.data
        self.data = sent = sent.copy()
        sent["seen"] = seen
