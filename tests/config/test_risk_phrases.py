"""The demo's risk phrases find what young people disclose, and leave everyday talk alone."""

import pytest

from config.demo import reference
from questions.intake import risk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules():
    reference.seed_risk_rules()


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("my uncle touches me at night", "red"),
        ("he is hitting me right now and I am scared he will kill me", "red"),
        ("my boyfriend forces me to have sex", "red"),
        ("my teacher kisses me", "red"),
        ("my dad is drunk and breaking things and I am hiding in the bathroom", "red"),
        ("my mum locks me in my room and I havent eaten for two days", "red"),
        ("im going to run away tonight", "red"),
        ("My step-dad touches me.", "red"),
        ("he's forcing me to have sex", "red"),
        ("I'm hiding in my room from my stepdad", "red"),
        ("My cousin touched me", "amber"),
        ("my teacher kissed me", "amber"),
        ("I haven't eaten in 3 days", "amber"),
    ],
)
def test_a_disclosure_is_raised(text, level):
    assert risk.level_of(text, language="en").level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("mijn oom raakt me 's nachts aan", "red"),
        ("hij slaat me nu en ik ben bang dat hij me vermoordt", "red"),
        ("mijn vriend dwingt me tot seks", "red"),
        ("mijn leraar zoent me", "red"),
        ("mijn vader is dronken en slaat alles kapot", "red"),
        ("mijn moeder sluit me op in mijn kamer", "red"),
        ("ik loop vanavond weg", "red"),
        ("ik heb al twee dagen niet gegeten", "amber"),
        ("ik sluit me op in mijn kamer met een boek", "green"),
        ("de afvoer is verstopt in de badkamer", "green"),
    ],
)
def test_a_dutch_disclosure_is_raised(text, level):
    assert risk.level_of(text, language="nl").level == level


@pytest.mark.parametrize(
    "text",
    [
        "my dad touched my arm",
        "my mum kisses me goodnight and it's embarrassing",
        "my uncle's speech really touched me",
        "my little brother locks me out of my room",
        "my dad is breaking in his new boots",
        "he keeps beating me at chess right now",
        "my friend got drunk and threw up in the bathroom",
        "the dog might run away tonight because of the fireworks",
        "my teacher forces me to have a go at everything",
        "I haven't eaten lunch yet",
        "I was hiding in the bathroom at the party because I felt shy",
    ],
)
def test_everyday_talk_stays_green(text):
    assert risk.level_of(text, language="en").level == "green"
