from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from questions.publication.searching import LONGEST


class SearchForm(forms.Form):
    """The search box. Never invalid: who pastes a whole story in is answered by the beginning of it."""

    q = forms.CharField(required=False, label=_("Search the answers"))
    topic = forms.CharField(required=False, widget=forms.HiddenInput)


def search_form(query: QueryDict, *, topic: str) -> SearchForm:
    typed = "".join(character for character in query.get("q", "") if character.isprintable())[:LONGEST]
    return SearchForm({"q": typed, "topic": topic})
