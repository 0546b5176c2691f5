"""The look: what the tags draw, that every colour pair can be read, and what a page may weigh."""

import gzip
import re
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template, TemplateDoesNotExist
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import mark_safe

STATIC = Path(__file__).parents[2] / "askpeer" / "static" / "askpeer"
PARTS = Path(__file__).parents[2] / "templates"
GROUNDS = ["paper", "field", "tint-teal", "tint-clay", "tint-amber", "tint-sand"]


class Ask(forms.Form):
    text = forms.CharField(label="What's going on?", max_length=3000, widget=forms.Textarea, help_text="Any words.")
    age = forms.ChoiceField(label="Age", choices=[("a", "13 to 15"), ("b", "16 or 17")], widget=forms.RadioSelect)
    cards = forms.MultipleChoiceField(
        label="Cards", required=False, choices=[("sad", "Sad")], widget=forms.CheckboxSelectMultiple
    )
    known = forms.BooleanField(label="I may know someone", required=False)
    came_from = forms.CharField(widget=forms.HiddenInput)


def draw(source, **context):
    return Template("{% load look %}" + source).render(Context(context))


def tokens(scheme):
    css = (STATIC / "app.css").read_text()
    light, dark = css.split("@media (prefers-color-scheme: dark) {")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark.split("\n}\n")[0]))
    return found


def brightness(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((brightness(one), brightness(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("inks", "grounds", "least"),
    [
        (["ink", "soft", "teal", "teal-deep", "clay", "clay-deep", "amber"], GROUNDS, 4.5),
        (["paper"], ["teal", "teal-deep", "clay", "clay-deep", "ink"], 4.5),
        (["line"], GROUNDS, 3),
        (["ink"], ["wash-teal", "wash-clay", "wash-amber"], 4.5),
    ],
)
def test_every_pair_of_colours_can_be_read(scheme, inks, grounds, least):
    colour = tokens(scheme)
    pairs = {(ink, ground): contrast(colour[ink], colour[ground]) for ink in inks for ground in grounds}
    assert {pair: ratio for pair, ratio in pairs.items() if ratio < least} == {}


@pytest.mark.parametrize(("files", "most"), [(["app.css"], 6144), (["form.js", "leave.js"], 4096)])
def test_an_asker_page_stays_light(files, most):
    weight = sum(len(gzip.compress((STATIC / name).read_bytes(), mtime=0)) for name in files)
    assert 0 < weight <= most


def test_no_template_carries_a_style_or_a_script_of_its_own():
    inline = re.compile(r"<style|<script>|\sstyle=|\son[a-z]+=|javascript:|https?://(?!www\.w3\.org)", re.IGNORECASE)
    found = {path.name for path in PARTS.rglob("*.*") if inline.search(path.read_text())}
    assert found == set()


def test_a_faulty_field_names_its_hint_its_error_and_its_count():
    html = draw("{% field form.text rows=4 %}", form=Ask({"text": ""}))
    box = re.search(r"<textarea[^>]*>", html)[0]
    assert re.findall(r'aria-describedby="([^"]*)"', box) == ["id_text_hint id_text_error id_text_count"]
    assert re.findall(r'aria-invalid="([^"]*)"', box) == ["true"]
    assert re.findall(r'rows="([^"]*)"', box) == ["4"]
    assert re.findall(r"maxlength", box) == []
    assert sorted(re.findall(r'id="(id_text_\w+)"', html)) == ["id_text_count", "id_text_error", "id_text_hint"]
    assert re.findall(r"Up to ([\d,]+) characters", html) == ["3,000"]


def test_choices_are_one_group_and_each_has_its_label():
    html = draw("{% field form.age %}", form=Ask())
    assert re.findall(r"<legend>(\w+)\s*</legend>", html) == ["Age"]
    assert re.findall(r'<label class="choice" for="(\w+)"', html) == ["id_age_0", "id_age_1"]
    assert re.findall(r'<input type="radio"[^>]* id="(\w+)"', html) == ["id_age_0", "id_age_1"]


def test_the_hint_of_one_checkbox_stands_below_its_own_label():
    html = draw('{% field form.known hint="We choose." %}', form=Ask())
    assert re.findall(r'aria-describedby="([^"]*)"', html) == ["id_known_hint"]
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip() == "I may know someone We choose."
    assert re.findall(r'<(?:p|label)[^>]* (?:id|for)="(\w+)"', html) == ["id_known", "id_known_hint"]


def test_a_hidden_field_has_no_label():
    assert draw("{% field form.came_from %}", form=Ask()).count("label") == 0


def test_the_summary_leads_to_every_faulty_field_in_their_order():
    form = Ask({"text": ""})
    form.add_error(None, "Look at both again.")
    html = draw("{% error_summary form nothing %}", form=form, nothing=None)
    assert re.findall(r'href="#(\w+)"', html) == ["id_text", "id_age_0"]
    assert html.count("Look at both again.") == 1
    assert html.count("There is a problem") == 1


def test_a_form_without_problems_has_no_summary():
    assert draw("{% error_summary form %}", form=Ask()).strip() == ""


def test_the_summary_reads_every_form_of_a_set():
    forms_of_two = forms.formset_factory(Ask, extra=0)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2"}
    html = draw("{% error_summary given %}", given=forms_of_two(data))
    expected = ["id_form-0-text", "id_form-0-age_0", "id_form-1-text", "id_form-1-age_0"]
    assert re.findall(r'href="#([\w-]+)"', html) == expected


def test_a_feeling_card_carries_its_face():
    html = draw("{% feeling_cards form.cards %}", form=Ask({"cards": ["sad"]}))
    assert html.count(draw('{% face "sad" %}').strip()) == 1
    assert html.count("checked") == 1


def test_a_card_nobody_drew_has_the_empty_face():
    assert draw('{% face "brand-new" %}') == draw('{% face "empty" %}')


def test_an_icon_that_does_not_exist_is_found_out_at_once():
    with pytest.raises(TemplateDoesNotExist):
        draw('{% icon "nothing" %}')


def test_plain_words_are_escaped_and_approved_html_is_kept():
    source = '{% message voice="asker" by="You" body=body %}'
    assert re.findall(r'<div class="note">(.*?)</div>', draw(source, body="<b>hi</b>")) == [
        "<p>&lt;b&gt;hi&lt;/b&gt;</p>"
    ]
    assert re.findall(r'<div class="note">(.*?)</div>', draw(source, body=mark_safe("<p>hi</p>"))) == ["<p>hi</p>"]


@pytest.mark.parametrize("words", ["maple quiet river", ["maple", "quiet", "river"]])
def test_the_words_of_a_receipt_stand_in_order(words):
    assert re.findall(r"<li>(\w+)</li>", draw("{% receipt_words words %}", words=words)) == ["maple", "quiet", "river"]


def test_a_diff_says_in_words_what_colour_shows():
    pieces = [("same", "It is "), ("cut", "bad"), ("add", "<hard>")]
    html = draw("{% diff pieces %}", pieces=pieces)
    assert re.sub(r"<[^>]+>", "", html).strip() == "It is [removed: bad][added: &lt;hard&gt;]"


@pytest.mark.parametrize(("name", "word"), [("green", "Green"), ("amber", "Amber"), ("red", "Red")])
def test_a_level_is_a_word_and_a_shape(name, word):
    html = draw("{% level name %}", name=name)
    assert re.sub(r"<[^>]+>", "", html).strip() == word
    assert html.count("<svg") == 1


def test_the_longest_path_that_leads_here_is_the_current_tab():
    items = [{"url": "/desk/", "label": "Mine"}, {"url": "/desk/next/", "label": "Next"}]
    html = draw("{% tabs items %}", items=items, request=RequestFactory().get("/desk/next/"))
    assert re.findall(r'href="([^"]+)" aria-current="page"', html) == ["/desk/next/"]


def test_a_page_elsewhere_can_say_which_tab_is_its_own():
    items = [{"url": "/desk/", "label": "Desk"}, {"url": "/desk/next/", "label": "Next", "current": True}]
    html = draw("{% tabs items %}", items=items, request=RequestFactory().get("/desk/7/"))
    assert re.findall(r'href="([^"]+)" aria-current="page"', html) == ["/desk/next/"]


def test_the_pages_of_a_section_stand_below_it_while_one_of_them_is_open():
    pages = [{"url": "/manage/hours/", "label": "Hours"}, {"url": "/manage/topics/", "label": "Topics"}]
    items = [{"url": "/manage/", "label": "Monday"}, {"url": "/manage/hours/", "label": "Service", "pages": pages}]
    inside = draw("{% tabs items %}", items=items, request=RequestFactory().get("/manage/topics/new/"))
    assert re.findall(r'href="([^"]+)" aria-current="(\w+)"', inside) == [
        ("/manage/hours/", "true"),
        ("/manage/topics/", "page"),
        ("/manage/topics/", "page"),
    ]
    outside = draw("{% tabs items %}", items=items, request=RequestFactory().get("/manage/"))
    assert re.findall(r'href="([^"]+)"', outside) == ["/manage/", "/manage/hours/"]


def test_more_is_silent_at_the_end_of_a_list():
    assert draw("{% more nothing %}", nothing=None).strip() == ""


@pytest.mark.parametrize(("crisis", "said"), [("Ring 999.", "Ring 999."), ("", "the emergency number where you are")])
def test_the_crisis_line_names_no_number_of_a_country_it_does_not_know(crisis, said):
    with translation.override("en"):
        html = draw('{% include "parts/crisis_line.html" %}', crisis=crisis).replace("&#x27;", "'")
    assert html.count(said) == 1
    assert re.findall(r"\d{3,}", re.sub(r"<[^>]+>", "", html)) == re.findall(r"\d{3,}", crisis)


def test_leaving_is_a_real_link():
    html = draw('{% include "parts/leave.html" %}', leave_to="https://weather.example/")
    assert re.findall(r'href="([^"]+)"', html) == ["/leave/"]
    assert re.findall(r'data-to="([^"]+)"', html) == ["https://weather.example/"]
