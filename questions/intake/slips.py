"""The few long danger words, as they come out of a phone in a hurry: one letter too many, too few, wrong or swapped.

Only words that no everyday word is one slip away from: "overdone" is one from "overdose".
"""

from string import ascii_lowercase

WORDS = (
    *("suicide", "suicidal", "selfharm", "zelfmoord", "zelfdoding", "suicidaal", "automutilatie", "verkracht"),
    *("zelfmoordgedachten", "zelfbeschadiging", "zelfverwonding"),
)


def mend(said: list[str]) -> list[str]:
    """The same words, a danger word that was misspelt by one slip as it is written."""
    return [_MEANT.get(word, word) for word in said]


def joined(said: list[str]) -> list[str]:
    """The same words with "my self" as one. A reading beside the first and not in place of it: "my self harm"."""
    found: list[str] = []
    for word in said:
        if word == "self" and found[-1:] == ["my"]:
            found[-1] = "myself"
        else:
            found.append(word)
    return found


def _slips(word: str) -> set[str]:
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    fewer = {before + after[1:] for before, after in splits if after}
    swapped = {before + after[1] + after[0] + after[2:] for before, after in splits if len(after) > 1}
    wrong = {before + letter + after[1:] for before, after in splits if after for letter in ascii_lowercase}
    more = {before + letter + after for before, after in splits for letter in ascii_lowercase}
    return fewer | swapped | wrong | more


_MEANT = {slip: word for word in WORDS for slip in _slips(word)} | {word: word for word in WORDS}
