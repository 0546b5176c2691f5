import pytest
from rest_framework.exceptions import ParseError

from questions.partners.api import parsers

INVALID = "The body is not valid JSON."
MANY = "The body has more than 2,000 parts."
DEEP = "The body is nested more than 32 levels deep."


def test_json_is_read_as_it_was_written():
    raw = '{"text": "héllo \\"[[[\\" 😀", "cards": ["sad"], "n": 1.5, "no": null}'.encode()
    assert parsers.load(raw) == {"text": 'héllo "[[[" 😀', "cards": ["sad"], "n": 1.5, "no": None}


def test_thirty_two_levels_are_read_and_one_more_is_refused():
    assert parsers.load(b"[" * 32 + b"]" * 32) != []
    with pytest.raises(ParseError, match=DEEP):
        parsers.load(b"[" * 33 + b"]" * 33)


def test_two_thousand_parts_are_read_and_one_more_is_refused():
    assert len(parsers.load(b"[" + b"1," * 1_998 + b"1]")) == 1_999
    with pytest.raises(ParseError, match=MANY):
        parsers.load(b"[" + b"1," * 1_999 + b"1]")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", INVALID),
        (b"nope", INVALID),
        (b"\xef\xbb\xbf{}", INVALID),
        (b'{"a": 1}{', INVALID),
        (b"1" * 5000, INVALID),
        (b'"\\' + b'\\"' * 200_000, INVALID),
        (b"[" * 100_000, DEEP),
        (b'{"a":' * 100_000, DEEP),
        (b"[" + b"1," * 100_000 + b"1]", MANY),
        (b"{" + b",".join(b'"f%d": 1' % number for number in range(60_000)) + b"}", MANY),
        (b"\xff\xfe", "The body is not UTF-8 text."),
        (b'{"a": "\xed\xa0\x80"}', "The body is not UTF-8 text."),
        (b'{"a": "\\ud800"}', "The body holds half a surrogate pair, which is no character."),
        (b'{"\\udfff": 1}', "The body holds half a surrogate pair, which is no character."),
        (b'{"a": NaN}', "NaN and Infinity are not JSON."),
        (b"[-Infinity]", "NaN and Infinity are not JSON."),
        (b"[1e999]", "A number is too large."),
        (b'{"a": 1, "a": 2}', "A field stands twice in the same object."),
    ],
)
def test_what_is_not_usable_json_gets_a_sentence(raw, sentence):
    with pytest.raises(ParseError) as refusal:
        parsers.load(raw)
    assert str(refusal.value.detail) == sentence
