import html
import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askpeer import prose
from askpeer.errors import Refused

KEY = bytes(range(32))
LISTED = [([], "and", ""), (["a"], "and", "a"), (["a", "b"], "or", "a or b"), (["a", "b", "c"], "and", "a, b and c")]
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image with a handler": "<img src=x onerror=alert(1)>",
    "raw link": '<a href="https://example.org" onclick="x()">here</a>',
    "javascript": "[a](javascript:alert(1))",
    "javascript in other letters": "[a](JaVaScRiPt:alert(1))",
    "javascript as an entity": "[a](&#106;avascript:alert(1))",
    "javascript with a tab": "[a](java\tscript:alert(1))",
    "autolinked javascript": "<javascript:alert(1)>",
    "data": "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "http": "[a](http://example.org)",
    "protocol-relative": "[a](//evil.example)",
    "backslashes": "[a](\\\\evil.example)",
    "path": "[a](/erase/)",
    "mail": "<someone@example.org>",
    "user in the address": "[a](https://good.example@evil.example/)",
    "broken address": "[a](https://[evil)",
    "no host": "[a](https:///evil)",
    "image": "![a](https://example.org/a.png)",
    "reference": "[a][b]\n\n[b]: javascript:alert(1)",
    "title": '[a](https://example.org "onclick=x")',
    "style": '<p style="position:fixed">a</p>',
    "svg": "<svg><script>alert(1)</script></svg>",
    "comment": "<!-- --><b>",
    "cut tag": "<a href='https://example.org",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62; &amp;lt;",
    "code": "```html\n<script>\n```\n\n    <script>\n\n`<b>`",
    "brackets": "[" * 19_000,
    "parentheses": "[a](" * 4_000,
    "stars": "*a_ " * 4_000,
    "quotes": ">" * 10_000 + " deep",
    "lists": "".join(" " * (2 * depth) + "- a\n" for depth in range(100)),
}


class Tags(HTMLParser):
    """Every tag of a piece of HTML with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.seen = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, attrs))

    def handle_comment(self, data):
        self.seen.append(("comment", []))


def addresses(html):
    return [value for tag, attrs in Tags(html).seen for name, value in attrs if name == "href"]


@pytest.mark.parametrize("markdown", HOSTILE.values(), ids=HOSTILE)
def test_hostile_markdown_leaves_allowed_tags_and_no_way_out(markdown):
    seen = Tags(prose.render(markdown)).seen
    assert {tag for tag, _ in seen} <= prose.TAGS
    assert [attrs for tag, attrs in seen if tag != "a" and attrs] == []
    assert {name for _, attrs in seen for name, _ in attrs} <= {"href", "rel"}


@pytest.mark.parametrize("name", sorted(HOSTILE.keys() - {"image", "title"}))
def test_hostile_markdown_links_nowhere(name):
    assert addresses(prose.render(HOSTILE[name])) == []


def test_a_https_link_is_kept_and_tells_the_other_side_nothing():
    assert prose.render("[Childline](https://example.org/a?b=1&c=2)") == (
        '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener noreferrer">Childline</a></p>\n'
    )


def test_an_image_becomes_a_link_that_loads_nothing():
    assert prose.render("![a](https://example.org/a.png)") == (
        '<p>!<a href="https://example.org/a.png" rel="noopener noreferrer">a</a></p>\n'
    )


def test_html_that_was_typed_is_shown_as_text():
    assert prose.render("1 < 2 <b>bold</b>") == "<p>1 &lt; 2 &lt;b&gt;bold&lt;/b&gt;</p>\n"


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("", ""),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("**now** and *then*", "<p><strong>now</strong> and <em>then</em></p>\n"),
        ("# Big", "<h3>Big</h3>\n"),
        ("## Next", "<h3>Next</h3>\n"),
        ("#### Small", "<h4>Small</h4>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
    ],
)
def test_plain_markdown_becomes_plain_html(markdown, html):
    assert prose.render(markdown) == html


def test_a_wording_over_20_000_characters_is_refused_with_its_length():
    with pytest.raises(Refused) as refusal:
        prose.render("a" * 20_001)
    assert str(refusal.value) == "An answer can have 20,000 characters at most. This one has 20,001."


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "b\udfff"], ids=["nul", "high half", "low half"])
@pytest.mark.parametrize("act", [prose.canonical, prose.render, lambda text: prose.digest(text, key=KEY)])
def test_what_no_database_keeps_is_refused_with_a_sentence(act, text):
    with pytest.raises(Refused) as refusal:
        act(text)
    assert str(refusal.value) == ("There is a character in your text that we cannot store. Try typing that part again.")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("  a  \n b \t\n\n", "a\n b"),
        ("e\u0301", "\u00e9"),
        ("\u202eevil\u202c", "evil"),
        ("a\u200bb\u2060c\ufeff", "abc"),
        ("\u2066a\u2069\u061c", "a\u061c"),
        ("soft\u00adhyphen", "softhyphen"),
        ("bell\x07", "bell"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u200b \u200b", ""),
        ("a\u2800b\u3164c\uffa0d\u115f\u1160", "abcd"),
    ],
)
def test_canonical_text_hides_nothing_and_keeps_what_scripts_need(typed, kept):
    assert prose.canonical(typed) == kept


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_canonical_text_is_its_own_canonical_text(text):
    once = prose.canonical(text)
    assert prose.canonical(once) == once


def test_a_digest_stands_for_the_canonical_text_under_one_key():
    digest = prose.digest("Hello  \r\nyou", key=KEY)
    assert digest == prose.digest("Hello\nyou\n", key=KEY)
    assert len({digest, prose.digest("Hello you", key=KEY), prose.digest("Hello\nyou", key=bytes(32))}) == 3


EASY = "The cat sat on the mat. It was a big cat. We like cats."
MIDDLE = "Talking to a teacher can help. Choose somebody who listens, and tell them about your worries."
HARD = (
    "Psychological difficulties experienced during adolescence frequently necessitate professional consultation, "
    "particularly when circumstances deteriorate considerably."
)


# Reckoned by hand: 14 words, 3 sentences and 14 syllables; 16, 2 and 24; 14, 1 and 53.
@pytest.mark.parametrize(("text", "age"), [("", 0.0), ("12 34", 0.0), (EASY, 5.0), (MIDDLE, 10.2), (HARD, 39.5)])
def test_the_reading_age_of_known_texts(text, age):
    assert prose.reading_age(text) == age


def test_a_longer_sentence_and_longer_words_raise_the_reading_age():
    ages = [prose.reading_age(text) for text in (EASY, MIDDLE, HARD, HARD.rstrip(".") + " and " + HARD)]
    assert ages == sorted(set(ages))


def test_markup_and_addresses_do_not_count_as_words():
    marked = "**Talking** to a [teacher](https://example.org/a-very-long-address) can help."
    assert prose.reading_age(marked) == prose.reading_age("Talking to a teacher can help.")


def test_a_list_without_full_stops_still_has_an_age():
    assert re.fullmatch(r"\d+\.\d", str(prose.reading_age("- one thing\n- another thing")))


@pytest.mark.parametrize(
    ("markdown", "seen"),
    [
        ("Dear Ka**te**, _hi_", "Dear Kate, hi"),
        ("K&#97;te\\_x", "Kate_x"),
        ("one\ntwo\n\n- three", "one\ntwo\nthree"),
        ("Ｋａ\u200dte", "Kate"),
        ("[this](https&colon;//other.example/a)", "this\nhttps://other.example/a"),
        ("[this](https:\\/\\/other.example)", "this\nhttps://other.example"),
        ("[this][1] [that][1]\n\n[1]: <https\\://other.example>", "this that\nhttps://other.example"),
        ("<https://other.example/%C3%A4>", "https://other.example/ä\nhttps://other.example/ä"),
        ("", ""),
    ],
)
def test_a_text_as_read_has_no_signs_of_markdown_and_says_where_its_links_lead(markdown, seen):
    assert prose.as_read(markdown) == seen


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_rendered_is_what_is_as_read(text):
    shown = re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]*>", "", prose.render(text))))
    assert re.sub(r"\s", "", prose.as_read(text)).startswith(shown)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["[", "*a_ ", "&amp;", "[a][", "![", "a\n\n", "_", "[a](https://x.example) ", "\ufdfa"]
)
def test_twenty_thousand_characters_do_not_keep_a_process(piece):
    """0.3 s of the processor at most on a quiet machine: ten leave room for a busy one."""
    began = time.process_time()
    assert len(prose.as_read(piece * (20_000 // len(piece)))) <= 20_000
    assert time.process_time() - began < 10


@pytest.mark.parametrize(("words", "joint", "said"), LISTED)
def test_words_are_listed_as_in_a_sentence(words, joint, said):
    assert prose.listed(words, joint=joint) == said
