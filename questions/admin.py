"""Topics, on the managers' site."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from askpeer.admin import site
from questions.models import Topic


class KeywordsField(forms.CharField):
    """A list of words, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        typed = [" ".join(word.split()) for word in super().clean(value).split(",")]
        words = list(dict.fromkeys(word for word in typed if word))
        most, longest = Topic.MOST_KEYWORDS, Topic.LONGEST_KEYWORD
        if len(words) > most:
            raise forms.ValidationError(f"A topic can have {most} keywords at most. These are {len(words)}.")
        if long := [word for word in words if len(word) > longest]:
            raise forms.ValidationError(f"A keyword can have {longest} characters at most: {long[0][:60]}")
        return words

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class TopicForm(forms.ModelForm):
    keywords = KeywordsField(required=False, max_length=2000, help_text="separated by commas")
    position = forms.IntegerField(min_value=0, max_value=999)

    class Meta:
        model = Topic
        fields = ["label", "clean_label", "slug", "keywords", "sensitive", "position"]


@admin.register(Topic, site=site)
class TopicAdmin(admin.ModelAdmin):
    form = TopicForm
    actions = None
    list_display = ["label", "clean_label", "sensitive", "position"]
    search_fields = ["label", "clean_label", "slug"]

    def get_readonly_fields(self, request: HttpRequest, obj: Topic | None = None) -> list[str]:
        """A topic keeps its slug: advisors' boundaries, partners and addresses go by it."""
        return ["slug"] if obj else []

    def get_prepopulated_fields(self, request: HttpRequest, obj: Topic | None = None) -> dict[str, Sequence[str]]:
        return {} if obj else {"slug": ["label"]}

    def has_delete_permission(self, request: HttpRequest, obj: Topic | None = None) -> bool:
        """One that a question has stays: without it nobody would know whom to keep the question from."""
        return super().has_delete_permission(request, obj) and not (obj and obj.question_set.exists())

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """An address may filter by nothing: Django would take any column and any way of comparing it."""
        return False
