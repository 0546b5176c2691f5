"""Sessions that a browser forgets when it closes."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Those of Django, whose cookie has no end of its own even where set_expiry() gave the session one.

    With a Max-Age it would outlive the closed browser: the next at the same phone would find the question still open.
    """

    def get_expire_at_browser_close(self) -> bool:
        return True
