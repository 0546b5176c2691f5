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
        ("I took 20 paracetamol an hour ago", "red"),
        ("ive swallowed all my mums pills", "red"),
        ("im going to jump off the bridge", "red"),
        ("I took 2 trains to get here", "green"),
        ("I swallowed my pride", "green"),
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
    assert risk.level_of(text).level == level


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
        ("Ik wil er vanavond een einde aan maken.", "red"),
        ("ik ga vannacht van een brug springen", "red"),
        ("ik heb net een hele doos pillen geslikt", "red"),
        ("ik heb vorige week geprobeerd zelfmoord te plegen", "red"),
        ("Mijn papa slaat mij elke dag.", "red"),
        ("ik ben niet veilig thuis", "red"),
        ("mijn vriend wil me wurgen", "red"),
        ("mijn ex zegt dat hij mijn naaktfoto's gaat rondsturen", "red"),
        ("hij dreigt mijn foto’s online te zetten", "red"),
        ("mijn ouders willen me in de zomer uithuwelijken", "red"),
        ("ik ben weggelopen en ik slaap buiten", "red"),
        ("Ik heb een plan om vannacht uit het leven te stappen", "red"),
        ("Ik ga vannacht uit het leven stappen", "red"),
        ("soms wil ik uit het leven stappen", "amber"),
        ("ik ga morgen een mes meenemen naar school", "red"),
        ("ik ben twaalf en een man van 30 heeft seks met mij", "red"),
        ("mijn stiefbroer komt 's nachts in mijn bed", "red"),
        ("mijn nonkel zit aan mij", "red"),
        ("hij heeft mij vannacht verkracht", "red"),
        ("ik wil niet meer leven", "amber"),
        ("soms denk ik dat iedereen beter af is zonder mij", "amber"),
        ("ik zie het niet meer zitten", "amber"),
        ("ik wou dat ik dood was", "amber"),
        ("ik snij in mijn armen", "amber"),
        ("ik snijd mij als het te veel wordt", "amber"),
        ("mijn oom heeft me misbruikt toen ik klein was", "amber"),
        ("vroeger werd ik thuis geslagen", "amber"),
        ("mijn stiefvader slaat me en hij komt straks thuis", "amber"),
        ("ik steek mijn vinger in mijn keel na het eten", "amber"),
        ("ik eet bijna niets meer", "amber"),
        ("ik sluit me op in mijn kamer met een boek", "green"),
        ("de afvoer is verstopt in de badkamer", "green"),
    ],
)
def test_a_dutch_disclosure_is_raised(text, level):
    assert risk.level_of(text).level == level


@pytest.mark.parametrize(
    "text",
    [
        "ik lag dood van het lachen",
        "mijn hond is dood en ik mis hem",
        "mijn broer slaat me altijd met dammen",
        "ik ga vanavond dood van de stress voor mijn toets",
        "ik heb vanmiddag niets gegeten omdat ik laat was",
        "we slapen buiten in een tent op kamp",
        "mijn oma heeft pillen genomen voor haar hart",
        "mijn neef trouwt in de zomer",
        "ik heb in mijn vinger gesneden toen ik kookte",
        "ik durf mijn foto's niet online te zetten",
        "ik zie het niet zitten om te verhuizen",
        "mijn vriend wil seks en ik weet niet of ik dat wil",
    ],
)
def test_everyday_talk_in_dutch_stays_green(text):
    assert risk.level_of(text).level == "green"


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
    assert risk.level_of(text).level == "green"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("im thinking about sucide", "amber"),
        ("i want to comit sucide", "amber"),
        ("im going to comit sucide", "red"),
        ("suicde", "amber"),
        ("i want to overdose", "amber"),
        ("i keep cutting", "amber"),
        ("i keep cutting my self", "amber"),
        ("i wanna kil my self", "amber"),
        ("im going to kill my self", "red"),
        ("my dad hit me", "amber"),
        ("hes hiting me", "amber"),
        ("slef harm", "amber"),
        ("i hurt myself", "amber"),
        ("idk if i want to live", "amber"),
        ("rape", "amber"),
        ("i was raped", "amber"),
        ("snijden", "amber"),
        ("ik snij me zelf", "amber"),
        ("zelfmord", "amber"),
        ("zelfmoort", "amber"),
        ("zelfmort", "amber"),
        ("ik heb geprobeerd zelfmord te plegen", "red"),
        ("the cake was overdone and my brother hid it from me", "green"),
        ("it just hit me that I am alone", "green"),
        ("I am cutting my own hair", "green"),
        ("he told me to be my self", "green"),
        ("my mum found out about my self harm", "amber"),
        ("i relapsed on my self harming", "amber"),
        ("my self esteem is low", "green"),
        ("my uncle hits me", "amber"),
        ("ik snijd me", "amber"),
        ("mijn pa slaat mij", "amber"),
        ("hij heeft mij verkragt", "amber"),
    ],
)
def test_danger_that_is_misspelt_is_heard_and_everyday_words_like_it_are_not(text, level):
    assert risk.level_of(text).level == level
