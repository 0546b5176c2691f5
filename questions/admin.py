"""Topics, on the managers' site."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminIntegerFieldWidget
from django.db import models

from askpeer.admin import site
from questions.models import Topic

MOST_KEYWORDS = 40
LONGEST_KEYWORD = 40


class KeywordsField(forms.CharField):
    """A list of words, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        typed = [" ".join(word.split()) for word in super().clean(value).split(",")]
        words = list(dict.fromkeys(word for word in typed if word))
        if len(words) > MOST_KEYWORDS:
            raise forms.ValidationError(f"A topic can have {MOST_KEYWORDS} keywords at most. These are {len(words)}.")
        if long := [word for word in words if len(word) > LONGEST_KEYWORD]:
            raise forms.ValidationError(f"A keyword can have {LONGEST_KEYWORD} characters at most: {long[0][:60]}")
        return words

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class TopicForm(forms.ModelForm):
    keywords = KeywordsField(required=False, max_length=2000, help_text="separated by commas")

    class Meta:
        model = Topic
        fields = ["label", "clean_label", "slug", "keywords", "sensitive", "position"]


@admin.register(Topic, site=site)
class TopicAdmin(admin.ModelAdmin):
    form = TopicForm
    formfield_overrides = {
        # The list has a field a row and no label beside it.
        models.PositiveSmallIntegerField: {"widget": AdminIntegerFieldWidget(attrs={"aria-label": "Position"})}
    }
    list_display = ["label", "clean_label", "sensitive", "position"]
    list_editable = ["position"]
    search_fields = ["label", "clean_label", "slug"]
    prepopulated_fields = {"slug": ["label"]}
