"""Tells what looks like a machine, a joke or a flood from what a person sent. Nothing is thrown away for it: it is read
apart, within one open day, and nobody is asked to solve a puzzle. No address is stored.
"""

from datetime import date

from askpeer import details, throttle
from questions.intake import risk

ASKS_AN_HOUR = 30  # from one network, which may be a whole school
ASKS_IN_A_ROW = (
    90  # with less than an hour between each and the next: an hour's limit alone would fill the queue in a day
)
SAME_WORDS_AN_HOUR = 5
LONG_ENOUGH = 8  # words; many people may send the same few
LINKS = 3
HOUR = 3600


def is_apart(*, client: str, text: str, today: date) -> bool:
    """Whether to read this apart; client is the sender's bucket (throttle.bucket). One round trip to the cache."""
    acts = {("ask", client): ASKS_AN_HOUR, ("asks", client): ASKS_IN_A_ROW}
    words = risk.words(text)
    if len(words) >= LONG_ENOUGH:
        acts[("same", throttle.bucket_of_words(" ".join(words), today=today))] = SAME_WORDS_AN_HOUR
    return not throttle.within_all(acts, seconds=HOUR, running={"asks"}) or _links(text) >= LINKS


def _links(text: str) -> int:
    return sum(detail.kind == "link" for detail in details.find(text))
