"""Finds what is left of English on a page that should be Dutch."""

import re
from html.parser import HTMLParser

# Words of English that Dutch does not have, the commonest ones and those of our own screens.
ENGLISH = re.findall(
    r"\S+",
    """a about advisor again all an and answer answers any are ask at back be because been before but by can cannot
    card cards change choose could does don down else ever everything feel feeling find first for from get give go
    has have hear here home how i if it just keep know leave library like long look make may more my new next no
    nobody not nothing now on once only or other our out page part people please private problem promise promised
    question question's questions read safe save saved search see send sent share should some someone something step
    still story supervisor tell thank that the their them then there these they think this time to today too topic
    topics try up us use version wait want wants we're went what when where which who why will with without words
    work write wrong yes you you're young your""",
)
READ_ALOUD = {
    "alt",
    "aria-label",
    "content",
    "placeholder",
    "title",
    "data-copied",
    "data-failed",
    "data-left",
    "data-over",
}


class Words(HTMLParser):
    """The words a page shows or says, without what is marked as another language or not to be translated."""

    def __init__(self):
        super().__init__()
        self.open, self.words = [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in {"meta", "link", "input", "br"}:
            foreign = given.get("lang", "nl") != "nl" or given.get("translate") == "no"
            self.open.append((tag, foreign))
        self._take_said(attrs)

    def handle_startendtag(self, tag, attrs):
        self._take_said(attrs)

    def handle_endtag(self, tag):
        while tag in {name for name, _ in self.open} and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self._take(data)

    def _take_said(self, attrs):
        if dict(attrs).get("name") not in {"viewport", "color-scheme", "robots", "format-detection"}:
            self._take(" ".join(text for name, text in attrs if name in READ_ALOUD and text))

    def _take(self, text):
        if not any(foreign for _, foreign in self.open):
            self.words += re.findall(r"[a-z]+(?:['’][a-z]+)?", text.lower().replace("notes.txt", ""))


def english(html: str) -> list[str]:
    """The English words of a page, in order."""
    reader = Words()
    reader.feed(html)
    assert len(reader.words) > 8, "the page is all but empty"
    return [word for word in reader.words if word in ENGLISH]
