from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils import timezone

from advisors import fields
from advisors.models import Person
from advisors.team import journey
from askpeer import throttle

LONGEST_CREDENTIAL = 20_000  # characters
CODE_SECONDS = 120  # longer than a code of an app holds
UNREADABLE = "Your key's answer could not be read. Try again, or choose another way."


class AcceptForm(forms.Form):
    email = forms.CharField(
        label="Your e-mail address",
        max_length=254,
        help_text="The one that the invitation was sent to. You sign in with it later.",
        error_messages={
            "required": "Type your e-mail address.",
            "max_length": "An address can have 254 characters at most.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        max_length=128,
        strip=False,
        help_text="12 characters or more. Four words that belong together only for you work well.",
        error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class CredentialField(forms.JSONField):
    """What a browser says for a key. A text that is too long or too deep is no such thing."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_CREDENTIAL:
            raise forms.ValidationError(UNREADABLE)
        try:
            return super().to_python(value)
        except (RecursionError, ValueError):  # too deep; a number of thousands of digits
            raise forms.ValidationError(UNREADABLE) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Nothing stands in the field again: a key answers anew each time."""
        return None


@contextmanager
def _reading() -> Iterator[None]:
    """The library raises whatever it trips over in a credential that no browser made."""
    try:
        yield
    except forms.ValidationError:
        raise
    except Exception:  # noqa: BLE001
        raise forms.ValidationError(UNREADABLE) from None


class AddKeyForm(webauthn.AddWebAuthnForm):
    credential = CredentialField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        with _reading():
            return super().clean()


class KeyForm(webauthn.AuthenticateWebAuthnForm):
    """A key after the password."""

    credential = CredentialField(widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        with _reading():
            return super().clean_credential()


class PasskeyForm(KeyForm, webauthn.LoginWebAuthnForm):
    """A passkey in place of the password."""


class KeyAgainForm(KeyForm, webauthn.ReauthenticateWebAuthnForm):
    """A key before something that changes how one signs in."""


class CodeOnce(forms.Form):
    """A code of an app is good once: the library remembers it in the memory of one web process, and there are more."""

    user: Person

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        letters = "".join(filter(str.isalnum, code)).lower()  # all that the library compares
        typed = throttle.bucket_of_words(f"{self.user.pk}|{letters}", today=timezone.now().date())
        # Counted on without a window, so that none begins between the two.
        if throttle.within_all({("code", typed): 1}, seconds=CODE_SECONDS, running=("code",)):
            return code
        raise get_adapter().validation_error("incorrect_code")


class SetUpForm(CodeOnce, totp.ActivateTOTPForm):
    """The first code of an app, of which the library remembers nothing."""


class CodeForm(CodeOnce, base.AuthenticateForm):
    """A code after the password."""


class CodeAgainForm(CodeOnce, base.ReauthenticateForm):
    """A code before something that changes how one signs in."""


class NameForm(fields.NamedForm):
    """The name that a certificate is printed on, where it is not to be the alias."""

    name = "certificate"
    printed = fields.text("The name to print", journey.LONGEST_NAME, required=False, long=False)
