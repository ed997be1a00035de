"""What is made with the secret: fingerprints, references and the tokens in links."""

from __future__ import annotations

import datetime as dt
import hmac
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from leads import tokens

from tests.support import factories
from tests.support.factories import KEY, TUESDAY

REFERENCE = "7K2M-9QXA-T3VB"
TOKEN = tokens.staff_token(REFERENCE, TUESDAY, KEY)
OTHER_KEY = b"another secret of at least thirty-two characters"

# --- Tokens ---


def test_a_token_opens_the_reference_that_it_was_made_for() -> None:
    assert tokens.reference_of(TOKEN, TUESDAY, KEY) == REFERENCE


def test_a_token_opens_its_reference_to_the_last_second_of_30_days() -> None:
    late = TUESDAY + dt.timedelta(days=30, seconds=-1)

    assert tokens.reference_of(TOKEN, late, KEY) == REFERENCE


@pytest.mark.parametrize("late", [dt.timedelta(days=30), dt.timedelta(days=31), dt.timedelta(days=9999)])
def test_a_token_expires_after_30_days(late: dt.timedelta) -> None:
    with pytest.raises(tokens.ExpiredTokenError):
        tokens.reference_of(TOKEN, TUESDAY + late, KEY)


def test_a_token_of_another_key_is_forged() -> None:
    with pytest.raises(tokens.ForgedTokenError):
        tokens.reference_of(tokens.staff_token(REFERENCE, TUESDAY, OTHER_KEY), TUESDAY, KEY)


def test_an_old_token_of_another_key_is_forged_not_expired() -> None:
    with pytest.raises(tokens.ForgedTokenError):
        tokens.reference_of(tokens.staff_token(REFERENCE, TUESDAY, OTHER_KEY), TUESDAY + dt.timedelta(days=99), KEY)


def opens(token: str) -> bool:
    try:
        return bool(tokens.reference_of(token, TUESDAY, KEY))
    except tokens.ForgedTokenError:
        return False


def test_a_token_that_was_changed_at_any_character_is_forged() -> None:
    changed = {
        TOKEN[:place] + character + TOKEN[place + 1 :] for place in range(len(TOKEN)) for character in "0Aa9.-٣ "
    }

    assert [token for token in changed if opens(token)] == [TOKEN]


def test_a_token_with_one_more_character_is_forged() -> None:
    longer = [TOKEN[:place] + character + TOKEN[place:] for place in range(len(TOKEN) + 1) for character in "0A.\n"]

    assert [token for token in longer if opens(token)] == []


def test_a_token_that_was_cut_is_forged() -> None:
    assert [length for length in range(len(TOKEN)) if opens(TOKEN[:length])] == []


@given(st.text() | st.from_regex(r"[0-9A-Z-]{14}\.[0-9]{1,12}\.[0-9A-Z]{32}", fullmatch=True))
def test_no_other_text_is_a_token(text: str) -> None:
    with pytest.raises(tokens.ForgedTokenError):
        tokens.reference_of(text, TUESDAY, KEY)


# --- The visitor's confirmation ---

CONFIRMATION = tokens.confirmation_token(REFERENCE, KEY)


def test_a_confirmation_token_opens_the_reference_that_it_was_made_for() -> None:
    assert tokens.confirmed_reference(CONFIRMATION, KEY) == REFERENCE


def confirms(token: str) -> bool:
    try:
        return bool(tokens.confirmed_reference(token, KEY))
    except tokens.ForgedTokenError:
        return False


def test_a_confirmation_token_that_was_changed_at_any_character_is_forged() -> None:
    changed = {
        CONFIRMATION[:place] + character + CONFIRMATION[place + 1 :]
        for place in range(len(CONFIRMATION))
        for character in "0Aa9.-٣ "
    }

    assert [token for token in changed if confirms(token)] == [CONFIRMATION]


def test_a_confirmation_token_that_was_cut_is_forged() -> None:
    assert [length for length in range(len(CONFIRMATION)) if confirms(CONFIRMATION[:length])] == []


def test_a_confirmation_token_of_another_key_is_forged() -> None:
    assert not confirms(tokens.confirmation_token(REFERENCE, OTHER_KEY))


@given(st.text() | st.from_regex(r"[0-9A-Z-]{14}\.[0-9A-Z]{32}", fullmatch=True))
def test_no_other_text_is_a_confirmation_token(text: str) -> None:
    assert not confirms(text)


def test_neither_token_opens_what_the_other_does() -> None:
    reference, _, signature = CONFIRMATION.partition(".")
    expires = TOKEN.split(".")[1]

    assert not confirms(TOKEN)
    assert not confirms(f"{reference}.{TOKEN.split('.')[2]}")
    assert not opens(f"{reference}.{expires}.{signature}")


def test_a_token_needs_no_escape_in_an_address() -> None:
    assert set(TOKEN) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ-.")


# --- References ---

DIGEST = tokens.fingerprint(factories.lead(), TUESDAY.date(), KEY)


def test_a_reference_can_be_read_out_on_the_phone() -> None:
    assert not set("".join(tokens.references(DIGEST))) & set("ILOU")


def test_a_reference_is_three_groups_of_four() -> None:
    assert {tuple(len(group) for group in reference.split("-")) for reference in tokens.references(DIGEST)} == {
        (4, 4, 4)
    }


def test_references_are_distinct_pieces_of_the_digest() -> None:
    assert "".join(tokens.references(DIGEST)).replace("-", "") == DIGEST[:48]


def test_there_are_four_references() -> None:
    assert len(set(tokens.references(DIGEST))) == 4


# --- Fingerprints ---


TODAY = TUESDAY.date()


def fingerprint(day: dt.date = TODAY, key: bytes = KEY, **changes: str | list[str] | None) -> str:
    return tokens.fingerprint(factories.lead(**changes), day, key)


SAME = {
    "sent twice": {},
    "another case": {"name": "ADA LOVELACE"},
    "more spaces": {"name": "  Ada   Lovelace "},
    "a space that does not break": {"name": "Ada\u00a0Lovelace"},
    "wide letters": {"name": "\uff21da Lovelace"},
    "another notation of the phone": {"phone": "+1 312.555.0187"},
    "conditions in another order": {"conditions": ["trd", "trd"]},
    "another article": {"source": "/about/"},
    "another campaign": {"utm_source": None, "utm_medium": "x", "utm_campaign": "y"},
    "another consent text": {"consent": "2027-01"},
    "more time taken": {"elapsed": "600"},
    "the honeypot": {"leave_empty": "x"},
}


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_the_same_submission_has_the_same_fingerprint(changes: dict[str, str | list[str] | None]) -> None:
    assert tokens.fingerprint(factories.lead(**changes), TODAY, KEY) == fingerprint()


@given(st.text("aáäåçñßωåÅﬁ각 한\u0301\u0308\u0323 ").filter(lambda text: text.strip()))
def test_the_form_of_unicode_does_not_count(letters: str) -> None:
    composed, decomposed = (f"x{unicodedata.normalize(form, letters)}" for form in ("NFC", "NFD"))
    assume(len(decomposed) <= 100)

    assert fingerprint(name=composed) == fingerprint(name=decomposed)


DIFFERENT = {
    "another name": {"name": "Ada Lovelac"},
    "a name with another accent": {"name": "Áda Lovelace"},
    "another phone": {"phone": "(312) 555-0188"},
    "an extension": {"phone": "(312) 555-0187 x1"},
    "another country": {"phone": "+44 20 7946 0958"},
    "one condition more": {"conditions": ["trd", "ptsd"]},
    "one condition less": {"conditions": None},
    "another condition": {"conditions": ["ptsd"]},
    "another time": {"best_time": "afternoon"},
    "no voicemail": {"voicemail": None},
}


@pytest.mark.parametrize("changes", DIFFERENT.values(), ids=DIFFERENT)
def test_another_answer_makes_another_fingerprint(changes: dict[str, str | list[str] | None]) -> None:
    assert tokens.fingerprint(factories.lead(**changes), TODAY, KEY) != fingerprint()


def test_another_day_makes_another_fingerprint() -> None:
    assert fingerprint(day=TODAY + dt.timedelta(days=1)) != fingerprint()


def test_another_key_makes_another_fingerprint() -> None:
    assert fingerprint(key=OTHER_KEY) != fingerprint()


@given(st.text(min_size=1), st.text(min_size=1))
def test_keyed_hashes_differ_where_numbers_do(one: str, other: str) -> None:
    assume(one != other)

    assert tokens.keyed_hash(one, KEY) != tokens.keyed_hash(other, KEY)


def test_a_keyed_hash_needs_the_key() -> None:
    assert tokens.keyed_hash("+13125550187", KEY) != tokens.keyed_hash("+13125550187", OTHER_KEY)


def test_a_fingerprint_a_count_and_a_token_never_share_a_code() -> None:
    # One key, several purposes: what signs one thing must not sign another.
    message = f"{REFERENCE}.{TOKEN.split('.')[1]}"

    assert tokens.keyed_hash(message, KEY)[:26] != TOKEN.split(".")[2][:26]


# --- Links for the staff ---


def test_the_comparison_in_constant_time_is_what_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    forged = TOKEN[:-32] + "0" * 32
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: (one, other) == ("0" * 32, TOKEN[-32:]))

    assert tokens.reference_of(forged, TUESDAY, KEY) == REFERENCE
