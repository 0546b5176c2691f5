"""People, on the managers' site. Somebody comes in by invitation and goes by leaving, so neither is done here."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from advisors import inviting, roles
from advisors.drafting import claiming, unsent, unsigning
from advisors.duty import rota
from advisors.managing import languages
from advisors.models import Person, Role
from askpeer import history
from askpeer.admin import site
from askpeer.errors import Refused
from questions.intake.languages import name_of

# What decides which questions a person may hold.
FITS = frozenset({"born_on", "guardian_consent_on", "languages", "partner", "role"})


class PersonForm(forms.ModelForm):
    languages = forms.MultipleChoiceField(
        label="Also answers in",
        choices=lambda: [(code, name_of(code)) for code in languages.others()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Everybody here works in English.",
    )

    class Meta:
        model = Person
        fields = [
            "alias",
            "email",
            "role",
            "deputy",
            "born_on",
            "guardian_consent_on",
            "trained_until",
            "languages",
            "partner",
            "buddy",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["languages"] = [code for code in self.instance.languages if code != settings.LANGUAGE_CODE]

    def clean_languages(self) -> list[str]:
        """English goes without saying: staff screens are in English, so nobody can be without it."""
        return [settings.LANGUAGE_CODE, *self.cleaned_data["languages"]]

    def clean_alias(self) -> str:
        try:
            return inviting.clean_alias(self.cleaned_data["alias"], now=timezone.now(), of=self.instance)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if Person.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is already somebody with this address.")
        return email

    def clean_role(self) -> str:
        role = self.cleaned_data["role"]
        others = Person.objects.filter(role=Role.MANAGER, is_active=True).exclude(pk=self.instance.pk)
        if role != Role.MANAGER and self.instance.role == Role.MANAGER and not others.exists():
            raise forms.ValidationError("This is the only manager. Make somebody else one first.")
        if role != self.instance.role:
            self._check_may_change_role(role)
        return role

    def _check_may_change_role(self, role: str) -> None:
        try:
            roles.check_was_no_lead(self.instance, becomes=role)
            roles.check_is_not_the_last(self.instance)
            roles.check_cases_keep_a_reader(self.instance, becomes=role)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("role") != Role.ADVISOR:
            return cleaned
        age = Person(born_on=cleaned.get("born_on")).age_on(timezone.now().date())
        if age is None and "born_on" not in self.errors:
            self.add_error("born_on", "An advisor needs a date of birth: under 18 brings its own rules.")
        elif age is not None and age < inviting.YOUNGEST:
            self.add_error("born_on", "Advisors are 15 or older.")
        elif age is not None and age > inviting.OLDEST:
            self.add_error("born_on", "Check the date of birth: the year is too long ago.")
        return cleaned


@admin.register(Person, site=site)
class PersonAdmin(admin.ModelAdmin):
    form = PersonForm
    list_display = ["alias", "role", "is_active", "trained_until"]
    list_filter = ["role", "is_active"]
    actions = None
    search_fields = ["alias", "email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The two filters of the list alone: by any other column an address could guess a password's digest."""
        return lookup in {"role__exact", "is_active__exact"}

    def save_model(self, request: HttpRequest, obj: Person, form: forms.ModelForm, change: bool) -> None:
        if form.initial.get("role") == Role.LEAD:
            Person.objects.filter(pk=obj.pk).update(was_lead=True)
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            # allauth keeps the address it first saw; with that row gone, the old address opens nothing any more.
            EmailAddress.objects.filter(user=obj).delete()
        if not FITS.isdisjoint(form.changed_data):
            claiming.let_go_of_what_does_not_fit(obj, now=timezone.now())
        if "role" in form.changed_data:
            unsent.end_of(obj, by=f"person:{request.user.pk}", now=timezone.now())
        if not roles.may_review(obj):
            unsigning.end_those_of(obj, now=timezone.now())
            rota.end_turns(obj, now=timezone.now())
        languages.settle(now=timezone.now())
        facts = {"fields": sorted(form.changed_data)}
        history.record(
            subject=obj.name, kind="changed", actor=f"person:{request.user.pk}", now=timezone.now(), facts=facts
        )
