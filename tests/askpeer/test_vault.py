import pytest
from hypothesis import given
from hypothesis import strategies as st

from askpeer import vault

KEY = bytes(range(32))
PLACE = ("questions_message", "text", "row-1", "question-1")
KEEPER = ("questions_question", "question-1")
FIRST, SECOND = b"1" * 32, b"2" * 32


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=2000))
def test_any_text_comes_back_as_it_was(text):
    assert vault.unseal(vault.seal(text, key=KEY, place=PLACE), key=KEY, place=PLACE) == text


@pytest.mark.parametrize(
    "text",
    ["", "\x80", "\0", "a\0\0\0", "ends in \x80\0", "👩🏽‍🚀🏳️‍🌈", "x" * 255, "x" * 256, "é" * 20_000],
    ids=["empty", "0x80", "nul", "nuls", "padding", "emoji", "full step", "over a step", "long"],
)
def test_texts_that_look_like_padding_or_fill_a_step_come_back(text):
    assert vault.unseal(vault.seal(text, key=KEY, place=PLACE), key=KEY, place=PLACE) == text


def test_two_seals_of_one_text_differ():
    assert len({vault.seal("help", key=KEY, place=PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize(("characters", "steps"), [(0, 1), (1, 1), (255, 1), (256, 2), (511, 2), (512, 3), (3000, 12)])
def test_the_length_tells_only_how_many_steps_of_256_bytes_a_text_takes(characters, steps):
    sealed = vault.seal("x" * characters, key=KEY, place=PLACE)
    assert len(sealed) == 2 + 12 + 256 * steps + 16


def test_every_altered_byte_is_found():
    sealed = vault.seal("I want to tell you something.", key=KEY, place=PLACE)
    opened = []
    for position in range(len(sealed)):
        altered = sealed[:position] + bytes([sealed[position] ^ 1]) + sealed[position + 1 :]
        try:
            opened.append(vault.unseal(altered, key=KEY, place=PLACE))
        except vault.Unreadable:
            continue
    assert opened == []


@pytest.mark.parametrize(
    "place",
    [
        ("drafting_draftversion", "text", "row-1", "question-1"),
        ("questions_message", "html", "row-1", "question-1"),
        ("questions_message", "text", "row-2", "question-1"),
        ("questions_message", "text", "row-1", "question-2"),
        ("questions_messag", "etext", "row-1", "question-1"),
        ("questions_message", "text", "row-1"),
        ("questions_message", "text", "row-1", "question-1", ""),
    ],
    ids=["table", "column", "row", "keeper", "shifted names", "a name fewer", "a name more"],
)
def test_a_value_copied_to_another_place_does_not_open(place):
    sealed = vault.seal("mine", key=KEY, place=PLACE)
    with pytest.raises(vault.Unreadable, match=r"^a sealed value does not open here$"):
        vault.unseal(sealed, key=KEY, place=place)


def test_another_key_does_not_open_a_value():
    with pytest.raises(vault.Unreadable):
        vault.unseal(vault.seal("mine", key=KEY, place=PLACE), key=bytes(32), place=PLACE)


def test_every_shortened_value_is_refused():
    sealed = vault.seal("short", key=KEY, place=PLACE)
    refused = 0
    for length in range(len(sealed)):
        with pytest.raises(vault.Unreadable):
            vault.unseal(sealed[:length], key=KEY, place=PLACE)
        refused += 1
    assert refused == 286


@pytest.mark.parametrize("header", [b"\x00\x01", b"\x02\x01", b"\x01\x02", b"\x01\x00"])
def test_another_version_or_algorithm_is_refused(header):
    sealed = vault.seal("mine", key=KEY, place=PLACE)
    with pytest.raises(vault.Unreadable, match=r"^not a sealed value$"):
        vault.unseal(header + sealed[2:], key=KEY, place=PLACE)


def test_a_new_key_has_32_bytes_and_is_never_the_last_one():
    keys = {vault.new_key() for _ in range(100)}
    assert (len(keys), {len(key) for key in keys}) == (100, {32})


def test_a_key_is_wrapped_under_the_first_of_the_ring(settings):
    settings.KEKS = {"second": SECOND, "first": FIRST}
    wrapped = vault.wrap(KEY, keeper=KEEPER)
    assert vault.kek_of(wrapped) == "second"
    assert vault.unwrap(wrapped, keeper=KEEPER) == KEY


def test_a_key_wrapped_before_the_rotation_still_opens(settings):
    settings.KEKS = {"first": FIRST}
    wrapped = vault.wrap(KEY, keeper=KEEPER)
    settings.KEKS = {"second": SECOND, "first": FIRST}
    assert vault.unwrap(wrapped, keeper=KEEPER) == KEY


def test_a_key_whose_kek_was_retired_is_unreadable(settings):
    settings.KEKS = {"first": FIRST}
    wrapped = vault.wrap(KEY, keeper=KEEPER)
    settings.KEKS = {"second": SECOND}
    with pytest.raises(vault.Unreadable, match="not in ASKPEER_KEKS"):
        vault.unwrap(wrapped, keeper=KEEPER)


def test_a_kek_of_the_same_name_with_other_bytes_does_not_open(settings):
    settings.KEKS = {"first": FIRST}
    wrapped = vault.wrap(KEY, keeper=KEEPER)
    settings.KEKS = {"first": SECOND}
    with pytest.raises(vault.Unreadable, match=r"^a wrapped key does not open here$"):
        vault.unwrap(wrapped, keeper=KEEPER)


@pytest.mark.parametrize("keeper", [("questions_question", "question-2"), ("questions_contact", "question-1")])
def test_a_wrapped_key_copied_to_another_keeper_does_not_open(keeper):
    with pytest.raises(vault.Unreadable):
        vault.unwrap(vault.wrap(KEY, keeper=KEEPER), keeper=keeper)


def test_every_altered_byte_of_a_wrapped_key_is_found(settings):
    settings.KEKS = {"first": FIRST}
    wrapped = vault.wrap(KEY, keeper=KEEPER)
    opened = []
    for position in range(len(wrapped)):
        altered = wrapped[:position] + bytes([wrapped[position] ^ 0x80]) + wrapped[position + 1 :]
        try:
            opened.append(vault.unwrap(altered, keeper=KEEPER))
        except vault.Unreadable:
            continue
    assert opened == []


@pytest.mark.parametrize("wrapped", [b"", b"\x01", b"\x01\x05first", b"\x02\x05first" + bytes(60)])
def test_what_is_no_wrapped_key_is_refused(wrapped):
    with pytest.raises(vault.Unreadable, match=r"^not a wrapped key$"):
        vault.unwrap(wrapped, keeper=KEEPER)
