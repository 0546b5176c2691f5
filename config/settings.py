"""Every setting of the service, read from the environment once; README.md has the table of names."""

import base64
import re
import secrets as randomness
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.message import sanitize_address

from config import keyfiles, outbox, paths

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
HOME = paths.home()
EMBEDDED = "DATABASE_URL" not in env.ENVIRON


def _fail(name: str, expected: str, found: str = "") -> ImproperlyConfigured:
    seen = f" It is {found!r}." if found else " It is not set."
    return ImproperlyConfigured(f"{name}: expected {expected}.{seen}")


def _secret(name: str, expected: str, make: str) -> str:
    """The variable; on the embedded default a value made once and kept in a 0600 file outside the backup."""
    if name in env.ENVIRON:
        return env.str(name)
    if not EMBEDDED:
        raise _fail(name, expected)
    return keyfiles.kept(HOME / "secrets", name, make, beside=HOME / "askpeer.sqlite3")


def _flag(name: str, default: bool) -> bool:
    text = env.str(name, "on" if default else "off").lower()
    if text not in {"on", "off", "true", "false", "1", "0"}:
        raise _fail(name, "on or off", text)
    return text in {"on", "true", "1"}


def _number(name: str, default: int, *, least: int = 0) -> int:
    text = env.str(name, str(default))
    if not re.fullmatch(r"\d{1,9}", text) or int(text) < least:
        raise _fail(name, f"a whole number, {least} or more" if least else "a whole number", text)
    return int(text)


def _token(name: str) -> str:
    """What a machine says to be let in; "" where none is. No complaint repeats any of it."""
    text = env.str(name, "")
    if text and not re.fullmatch(r"[!-~]{20,}", text):
        raise _fail(name, "at least 20 letters, digits or signs without a blank", f"{len(text)} characters long")
    return text


def _url(name: str, schemes: tuple[str, ...], default: str) -> str:
    text = env.str(name, default)
    if not text.startswith(tuple(f"{scheme}:" for scheme in schemes)):
        raise _fail(name, "an address that starts with " + " or ".join(f"{s}:" for s in schemes), text.split("@")[-1])
    return text


def _email() -> dict[str, Any]:
    """What EMAIL_URL says. It may hold a password, so no complaint repeats any of it."""
    expected = "an address like smtp+tls://user:password@host:587, with %23 and the like for special characters"
    try:
        found = env.email_url("EMAIL_URL", default="consolemail://")
    except (ImproperlyConfigured, ValueError):
        raise _fail("EMAIL_URL", expected, "not one") from None
    if found["EMAIL_BACKEND"].endswith("smtp.EmailBackend"):
        if not found["EMAIL_HOST"]:
            raise _fail("EMAIL_URL", expected, "without a host")
        found["EMAIL_BACKEND"] = "askpeer.mail.Server"
    return found


def _sender() -> str:
    text = env.str("ASKPEER_FROM", "Notes <notes@localhost>")
    if not _is_sender(text):
        raise _fail("ASKPEER_FROM", "a sender like Notes <notes@example.org>", text)
    return text


def _is_sender(text: str) -> bool:
    try:
        sanitize_address(text, "utf-8")  # as each mail has it
    except ValueError:
        return False
    return text.isprintable() and all(parseaddr(text)[1].rpartition("@"))


SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # recursive_triggers: REPLACE deletes a row, and the guards of append-only tables have to hear of it.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
    "PRAGMA recursive_triggers=ON;",
}


def _database() -> dict[str, Any]:
    if EMBEDDED:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "askpeer.sqlite3",
            "OPTIONS": dict(SQLITE),
        }
    _url("DATABASE_URL", ("postgres", "postgresql", "sqlite"), "")
    database = env.db_url("DATABASE_URL")
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = SQLITE | database.get("OPTIONS", {})
    if database["ENGINE"].endswith("postgresql"):
        database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        database["OPTIONS"] = database.get("OPTIONS", {}) | {"application_name": "askpeer"}
    return database


# What the service is

DEBUG = _flag("DEBUG", False)
SECRET_KEY = _secret("SECRET_KEY", "at least 50 random characters", randomness.token_urlsafe(50))
if len(SECRET_KEY) < 50:
    raise _fail("SECRET_KEY", "at least 50 random characters", f"{len(SECRET_KEY)} characters long")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if EMBEDDED else [])
if not ALLOWED_HOSTS:
    raise _fail("ALLOWED_HOSTS", "the service's host names, separated by commas")
SITE_URL = _url("ASKPEER_URL", ("http", "https"), f"http://localhost:{env.str('PORT', '8000')}").rstrip("/")
SECURE = SITE_URL.startswith("https:")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# Who runs this, and how to reach them: on the page that says how it works, to guardians, on certificates
ORGANISATION = env.str("ASKPEER_ORGANISATION", "").strip()
CONTACT = env.str("ASKPEER_CONTACT", "").strip()

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "advisors.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "config",
    "advisors",
    "advisors.team",
    "advisors.duty",
    "advisors.drafting",
    "advisors.beside",
    "advisors.signoff",
    "advisors.safeguarding",
    "advisors.managing",
    "questions",
    "questions.intake",
    "questions.publication",
    "questions.partners",
    "askpeer",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "askpeer.middleware.in_utf8",
    "askpeer.middleware.access_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "askpeer.middleware.privacy_headers",
    "config.pages.closed_while_restoring",
    "askpeer.middleware.kindly_closed",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "questions.intake.middleware.OfferedLocaleMiddleware",
    "advisors.middleware.in_english",
    "askpeer.middleware.body_limit",  # its page speaks the language chosen above, where nothing reads a body
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "advisors.middleware.stay_signed_in",
    "advisors.middleware.second_factor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.pages.said_of_methods",  # last, as its page reads the session, the messages and the form's token
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "questions.intake.context.asker",
                "advisors.context.staff",
            ],
        },
    }
]

# Where things are kept

DATABASES = {"default": _database()}
BROKER_URL = _url(
    "REDIS_URL",
    ("redis", "rediss", "redis+socket", "unix"),
    f"redis+socket://{paths.run_dir(HOME)}/broker.sock",
)
CACHE_URL = env.str("REDIS_URL", f"unix://{paths.run_dir(HOME)}/cache.sock")
# For allauth's own limits alone, each process for itself: a shared cache that is gone must not take sign-in along.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "askpeer.sessions"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 3600
LEDGER = Path(env.str("ASKPEER_LEDGER", str(HOME / "ledger" / "erased.txt") if EMBEDDED else ""))
if str(LEDGER) == ".":
    raise _fail("ASKPEER_LEDGER", "the path of a file outside the database and its backups")

# Secrets: the ring of key-encryption keys (first is in use, the rest still open), and the receipts' pepper

KEKS_EXPECTED = "one or more name:key pairs, comma separated, each key 32 bytes in base64, the one in use first"
PEPPER_EXPECTED = "32 random bytes in base64"


def _bytes32(name: str, expected: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise _fail(name, expected, f"{len(text)} characters that do not decode to 32 bytes")
    return key


def _keks(text: str) -> dict[str, bytes]:
    ring: dict[str, bytes] = {}
    for pair in text.split(","):
        name, _, key = pair.strip().partition(":")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", name) or name in ring:
            raise _fail("ASKPEER_KEKS", KEKS_EXPECTED, f"a name that is empty, too long or twice there: {name[:16]}")
        ring[name] = _bytes32("ASKPEER_KEKS", KEKS_EXPECTED, key)
    return ring


def _random32() -> str:
    return base64.b64encode(randomness.token_bytes(32)).decode()


KEKS = _keks(_secret("ASKPEER_KEKS", KEKS_EXPECTED, f"first:{_random32()}"))
RECEIPT_PEPPER = _bytes32(
    "ASKPEER_RECEIPT_PEPPER", PEPPER_EXPECTED, _secret("ASKPEER_RECEIPT_PEPPER", PEPPER_EXPECTED, _random32())
)

# Who may come in

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
] + [{"NAME": "advisors.passwords.NotOurWords"}]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "advisors:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "advisors.adapter.InvitedOnly"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
MFA_FORMS = {
    "authenticate": "advisors.forms.CodeForm",
    "reauthenticate": "advisors.forms.CodeAgainForm",
    "activate_totp": "advisors.forms.SetUpForm",
    "add_webauthn": "advisors.forms.AddKeyForm",
    "authenticate_webauthn": "advisors.forms.KeyForm",
    "login_webauthn": "advisors.forms.PasskeyForm",
    "reauthenticate_webauthn": "advisors.forms.KeyAgainForm",
}
MFA_ADAPTER = "advisors.adapter.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
SECOND_FACTOR = _flag("ASKPEER_SECOND_FACTOR", True)

# Over https the browser itself keeps a cookie of this prefix to this very host.
COOKIE_PREFIX = "__Host-" if SECURE else ""
SESSION_COOKIE_NAME, DRAFT_COOKIE_NAME = f"{COOKIE_PREFIX}s", f"{COOKIE_PREFIX}n"
SESSION_COOKIE_AGE = 30 * 60
SESSION_ENDS = timedelta(hours=12)  # after signing in, however busy
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "config.pages.csrf_failure"
FORCE_SCRIPT_NAME = ""  # whatever a client's header says: the service stands at the root
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
X_FRAME_OPTIONS = "DENY"
PROXIES = _number("ASKPEER_PROXIES", 0)
METRICS_TOKEN = _token("ASKPEER_METRICS_TOKEN")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

# Language and clock: the process works in UTC, the calendar row holds the service's own zone

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nl", "Nederlands")]
LOCALE_PATHS = [BASE_DIR / "questions" / "locale"]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}l"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"

# Mail and work in the background

vars().update(_email())
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _sender()
OUTBOX_HANDLERS = outbox.HANDLERS
OUTBOX_LEASE = timedelta(seconds=_number("ASKPEER_LEASE_SECONDS", 120, least=1))  # longer than any send
OUTBOX_GIVE_UP = timedelta(days=3)

# How long things are kept (PRODUCT.md §2)

CLOSE_AFTER = timedelta(days=_number("ASKPEER_CLOSE_AFTER_DAYS", 30))
ERASE_AFTER = timedelta(days=_number("ASKPEER_ERASE_AFTER_DAYS", 90))
IDEMPOTENCY_KEPT = timedelta(hours=_number("ASKPEER_IDEMPOTENCY_HOURS", 72))
CHECK_INS_KEPT = timedelta(days=_number("ASKPEER_CHECK_INS_DAYS", 90))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["questions.partners.api.authentication.PartnerKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["questions.partners.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["questions.partners.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "questions.partners.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "askpeer",
    "DESCRIPTION": "Ask a trained peer, on behalf of a young person. Errors are application/problem+json.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "askpeer.logs.LineFormatter"}},
    "filters": {"raised": {"()": "askpeer.logs.OnlyRaised"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "askpeer": {"level": "INFO"},
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # An answer of 4xx or 5xx is in the access line already; only what was raised says more.
        "django.request": {"filters": ["raised"]},
        "django.server": {"handlers": [], "propagate": False},
    },
}
