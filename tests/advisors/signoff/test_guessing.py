"""A word of every day with a capital behind "friend" or "brother" is taken for nobody's name."""

import pytest

from advisors.signoff import guessing


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("my mate Kayleigh, and my sister Aisha", ["Kayleigh", "Aisha"]),
        ("My best friends Mum says my mum is mean. My brother Is annoying", []),
        ("my friend Because of that, my sister Then my brother Are", []),
        ("my teacher English, my mate Instagram, my sister Christmas", []),
        ("my brother Will said so. I will not.", []),
    ],
)
def test_only_what_may_be_a_name_is_guessed(text, names):
    assert guessing.names(text) == names
