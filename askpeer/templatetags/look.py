"""Template tags that draw the shared pieces of every page from `templates/parts/`."""

from django import forms, template
from django.contrib.messages import get_messages
from django.template.loader import get_template, select_template
from django.utils.formats import number_format
from django.utils.safestring import SafeData

register = template.Library()

LEVELS = {"green": "Green", "amber": "Amber", "red": "Red"}
TIMES = {"on_time": ("clock", ""), "at_risk": ("amber", "At risk:"), "late": ("red", "Late:")}


@register.simple_tag
def icon(name: str) -> str:
    """A decorative line drawing, hidden from screen readers. An unknown name raises TemplateDoesNotExist."""
    return get_template(f"parts/icons/{name}.svg").render()


@register.simple_tag
def face(slug: str) -> str:
    """The face of a feeling card; a card without a drawing of its own gets the empty face."""
    return select_template([f"parts/faces/{slug}.svg", "parts/faces/empty.svg"]).render()


@register.inclusion_tag("parts/flash.html", takes_context=True)
def flash(context: template.Context) -> dict:
    """What the last act said, once. Pages may call their own data `messages` without losing it."""
    request = context.get("request")
    return {"flashes": get_messages(request) if request else []}


@register.inclusion_tag("parts/errors.html")
def error_summary(*given: forms.BaseForm | forms.BaseFormSet | None) -> dict:
    """One list of every problem in these forms and formsets, each leading to its field."""
    return {"problems": [problem for form in _each(given) for problem in _problems(form)]}


def _each(given):
    for form in given:
        if isinstance(form, forms.BaseFormSet):
            yield from [form, *form.forms]
        elif form is not None:
            yield form


def _problems(form):
    if isinstance(form, forms.BaseFormSet):
        return [{"sentence": sentence} for sentence in form.non_form_errors()]
    return [
        {"sentence": sentence, "target": _target(form, name)}
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]


def _target(form, name: str) -> str:
    if name not in form.fields or form[name].is_hidden:
        return ""
    return form[name].auto_id + ("_0" if _kind(form[name]) == "choices" else "")


@register.simple_tag
def field(bound: forms.BoundField, *, label="", hint="", mark=True, big=False, columns=False, **attrs) -> str:
    """A form field with its label, hint, errors and control.

    Groups of choices become a fieldset. `attrs` go to the control, `_` standing for `-`. The browser is never
    given `maxlength`: it would cut pasted words off; the field's limit is told and counted instead.
    """
    kind = _kind(bound)
    if kind == "hidden":
        return bound.as_widget()
    parts = _around(bound, label=label, hint=hint) | {"big": big, "columns": columns}
    parts["optional"] = mark and not bound.field.required
    parts["control"] = bound.as_widget(attrs=_attrs(parts, attrs))
    parts["options"] = list(bound) if kind == "choices" else []
    return get_template(f"parts/fields/{kind}.html").render(parts)


@register.inclusion_tag("parts/cards.html")
def feeling_cards(bound: forms.BoundField, *, label="", hint="") -> dict:
    """A multiple-choice field as tiles with faces; the values are the faces' names."""
    return _around(bound, label=label, hint=hint) | {"options": list(bound)}


@register.inclusion_tag("parts/timeline.html")
def timeline(*moments: forms.BoundField, legend: str, hint="") -> dict:
    """Text fields along a line, first to last."""
    return {"moments": moments, "legend": legend, "hint": hint}


def _kind(bound) -> str:
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "checkbox" if isinstance(widget, forms.CheckboxInput) else "line"


def _around(bound, *, label: str, hint: str) -> dict:
    hint = hint or bound.help_text
    limit = _limit(bound)
    named = {"hint": hint, "error": bound.errors, "count": limit}
    described = " ".join(f"{bound.auto_id}_{name}" for name, there in named.items() if there)
    return {
        "id": bound.auto_id,
        "label": label or bound.label,
        "hint": hint,
        "limit": limit,
        "limit_said": number_format(limit, force_grouping=True) if limit else "",
        "problems": bound.errors,
        "described": described,
    }


def _limit(bound) -> int | None:
    is_long = isinstance(bound.field.widget, forms.Textarea)
    return getattr(bound.field, "max_length", None) if is_long else None


def _attrs(parts: dict, given: dict) -> dict:
    attrs = {name.replace("_", "-"): value for name, value in given.items()} | {"maxlength": False}
    if parts["described"]:
        attrs["aria-describedby"] = parts["described"]
    if parts["problems"]:
        attrs["aria-invalid"] = "true"
    return attrs


@register.inclusion_tag("parts/step.html")
def step(number: int, total: int) -> dict:
    """Where a person is in a task of several pages."""
    return {"number": number, "total": total}


@register.inclusion_tag("parts/words.html")
def receipt_words(words: str | list[str]) -> dict:
    """The six words, in order, with a copy button where scripts run."""
    return {"words": words.split() if isinstance(words, str) else words}


@register.inclusion_tag("parts/message.html")
def message(*, voice: str, by: str, body: str, when="", byline="", lang="") -> dict:
    """One text of a thread; `voice` is asker, advisor or us. Plain text is escaped, safe HTML kept as it is."""
    is_html = isinstance(body, SafeData)
    return {"voice": voice, "by": by, "when": when, "byline": byline, "lang": lang, "body": body, "is_html": is_html}


@register.inclusion_tag("parts/level.html")
def level(name: str) -> dict:
    """A risk level as a word and a shape; KeyError for a level there is not."""
    return {"name": name, "word": LEVELS[name]}


@register.inclusion_tag("parts/time_left.html")
def time_left(text: str, state: str = "on_time") -> dict:
    """A due time already put in words; `state` is on_time, at_risk or late."""
    mark, word = TIMES[state]
    return {"text": text, "state": state, "mark": mark, "word": word}


@register.inclusion_tag("parts/diff.html")
def diff(pieces: list[tuple[str, str]]) -> dict:
    """A word diff from pairs of `same`, `add` or `cut` and a text."""
    return {"pieces": pieces}


@register.inclusion_tag("parts/tabs.html", takes_context=True)
def tabs(context: template.Context, items: list[dict], label: str = "Sections") -> dict:
    """Links to sibling pages; an item has url, label and maybe count.

    It may have pages, a second row while one of them is open, or paths, where it is current too.

    The one that says current=True is current, otherwise the one whose path leads furthest towards this page.
    """
    request = context.get("request")
    here = request.path if request else ""
    said = next((item for item in items if item.get("current")), None)
    current = said or max(items, key=lambda item: _nearness(item, here), default=None)
    if current and not (said or _nearness(current, here)):
        current = None
    within = current.get("pages", []) if current else []
    return {
        "label": label,
        "items": [item | {"current": item is current} for item in items],
        "within": within,
        "request": request,
        "within_name": current["label"] if current else "",
        "within_label": f"{label}: {current['label']}" if current else "",
    }


def _nearness(item: dict, here: str) -> int:
    """How far an item, or the furthest of its pages or paths, leads towards this path; 0 where it does not."""
    paths = item.get("paths") or [page["url"] for page in item.get("pages", [item])]
    return max((len(path) for path in paths if here.startswith(path)), default=0)


@register.inclusion_tag("parts/more.html")
def more(url: str | None, label: str = "") -> dict:
    """The way to the next page of a list; nothing when there is none."""
    return {"url": url, "label": label}


@register.inclusion_tag("parts/empty.html")
def empty(text: str, url: str = "", label: str = "") -> dict:
    """What a list says when it holds nothing."""
    return {"text": text, "url": url, "label": label}
