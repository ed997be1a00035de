"""A lead: what people may type, which messages they get, and the form of the same fields."""
# ruff: noqa: RUF001 -- names are in the letters that people write them in

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leads.domain.lead import FieldError, FormData, Lead, LeadError, Phone
from leads.web.form_view import Form, FormField, form
from pydantic import ValidationError

from tests.support import factories

# --- Names ---


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lovelace",
        "Zoë",
        "X",
        "José María Ñúñez-O’Brien",
        "Мария Иванова",
        "王小明",
        "מֹשֶׁה כהן",
        "أحمد بن يوسف",
        "می‌خواهم",  # a zero-width non-joiner, as Persian needs it
        "தமிழ்ச்செல்வி",
        "ᐃᓄᒃᑎᑐᑦ",
        "Ada 🌸",
        "👩‍👩‍👧",
        "Dr. Smith, Jr. (work)",
        "<b>Bobby</b> & 'Tables' \"; --",
        "{example} {message} %s %(name)s {{ name }}",
        "\u202eadA",
    ],
)
def test_a_name_of_any_script_is_kept_as_typed(name: str) -> None:
    assert factories.lead(name=name).name == name


@pytest.mark.parametrize("name", ["  Ada  ", "Ada\n", "\tAda", "\u3000Ada\u00a0"])
def test_space_around_a_name_does_not_count(name: str) -> None:
    assert factories.lead(name=name).name == "Ada"


@pytest.mark.parametrize(
    "name",
    ["Ada\nBcc: x", "Ada\r\nB", "A\x00B", "A\tB", "A\x0bB", "A\x1bB", "A\x7fB", "A\x85B", "A\u2028B", "A\u2029B"],
    ids=ascii,
)
def test_a_name_with_a_line_break_or_a_control_character_is_refused(name: str) -> None:
    assert complaint(name=name) == ("name", "Full name must be one line of text, without control characters")


@pytest.mark.parametrize("name", [None, "", "   ", "\n", "\u200b", "\u200f\u200e", "\u2060", "\u0301"], ids=ascii)
def test_an_invisible_name_is_missing(name: str | None) -> None:
    assert complaint(name=name) == ("name", "Enter your full name")


@pytest.mark.parametrize("blank", ["\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"], ids=ascii)
def test_a_name_of_letters_that_are_drawn_as_nothing_is_missing(blank: str) -> None:
    assert complaint(name=blank * 2) == ("name", "Enter your full name")


@pytest.mark.parametrize("letter", ["a", "é", "李", "🌸"])
def test_a_name_of_100_characters_is_taken(letter: str) -> None:
    assert factories.lead(name=letter * 100).name == letter * 100


@pytest.mark.parametrize("letter", ["a", "é", "李", "🌸"])
def test_a_name_of_101_characters_is_refused(letter: str) -> None:
    assert complaint(name=letter * 101) == ("name", "Full name must be 100 characters or fewer")


def test_spaces_around_a_name_of_100_characters_do_not_make_it_too_long() -> None:
    assert factories.lead(name=" " + "a" * 100 + " ").name == "a" * 100


@given(st.text())
def test_any_name_is_kept_whole_or_refused(name: str) -> None:
    taken = attempt(name=name)

    assert taken.name == name.strip() if isinstance(taken, Lead) else faults(taken) == ["name"]


# --- Phones ---

OURS = "+13125550187"

PHONES = {
    "(312) 555-0187": OURS,
    "312-555-0187": OURS,
    "312.555.0187": OURS,
    "312 555 0187": OURS,
    "3125550187": OURS,
    "  3125550187  ": OURS,
    "(312)555-0187": OURS,
    "312/555/0187": OURS,
    "1 312 555 0187": OURS,
    "1-312-555-0187": OURS,
    "+1 312-555-0187": OURS,
    "+1 (312) 555 0187": OURS,
    "+13125550187": OURS,
    "312‑555‑0187": OURS,  # non-breaking hyphens
    "312–555–0187": OURS,  # en dashes
    "312—555—0187": OURS,  # em dashes
    "312−555−0187": OURS,  # minus signs
    "312\u00a0555\u00a00187": OURS,
    "\u202a+1 312-555-0187\u202c": OURS,  # as pasted from a phone's contacts
    "\u202b(312) 555-0187\u202c": OURS,
    "\u200e312-555-0187\u200f": OURS,
    "\u2068312-555-0187\u2069": OURS,
    "tel:+1-312-555-0187": OURS,
    "tel:312-555-0187": OURS,
    "tel:312-555-0187;phone-context=+1": OURS,
    "Tel. (312) 555-0187": OURS,
    "Phone: 312 555 0187": OURS,
    "＋１ ３１２ ５５５ ０１８７": OURS,
    "٣١٢٥٥٥٠١٨٧": OURS,
    "1-800-FLOWERS": "+18003569377",
    "+44 20 7946 0958": "+442079460958",
    "+44 (0)20 7946 0958": "+442079460958",
    "011 44 20 7946 0958": "+442079460958",
    "+49 30 901820": "+4930901820",
    "+52 55 5533 1234": "+525555331234",
}


@pytest.mark.parametrize(("typed", "e164"), PHONES.items(), ids=ascii)
def test_a_phone_is_understood_as_people_type_it(typed: str, e164: str) -> None:
    assert factories.lead(phone=typed).phone.e164 == e164


LED_BY_ZEROS = [
    "0312 555 0187",
    "(0312) 555-0187",
    "00312 555 0187",
    "+1 0312 555 0187",
    "+1 (0)312 555 0187",
    "1 0312 555 0187",
    "00 1 312 555 0187",
    "001312 555 0187",
    "0013125550187",
    "00 1 0312 555 0187",
    "0 1 312 555 0187",
]


@pytest.mark.parametrize("typed", LED_BY_ZEROS)
def test_zeros_before_an_american_number_are_no_part_of_it(typed: str) -> None:
    phone = factories.lead(phone=typed).phone

    assert (phone.e164, phone.uri, phone.display) == (OURS, f"tel:{OURS}", "(312) 555-0187")


def test_an_extension_of_a_number_with_zeros_before_it_is_kept() -> None:
    assert factories.lead(phone="0312 555 0187 ext. 42").phone.uri == "tel:+13125550187;ext=42"


def test_a_number_with_a_zero_before_it_that_was_kept_under_older_rules_can_be_called() -> None:
    phone = Phone(typed="0312 555 0187", e164="+103125550187")

    assert (phone.uri, phone.display) == (f"tel:{OURS}", "(312) 555-0187")


@pytest.mark.parametrize(
    ("typed", "e164"),
    [
        ("+39 06 6982 1234", "+390669821234"),  # Italy keeps its zero
        ("+39 02 1234 5678", "+390212345678"),
        ("+44 020 7946 0958", "+442079460958"),  # Britain does not
        ("+49 030 901820", "+4930901820"),
        ("+33 01 42 68 53 00", "+33142685300"),
    ],
)
def test_zeros_before_other_countries_numbers_are_that_countrys_matter(typed: str, e164: str) -> None:
    assert factories.lead(phone=typed).phone.e164 == e164


@pytest.mark.parametrize(
    "typed", ["0112 555 0187", "0312 155 0187", "0312 555 018", "0312 555 01877", "00 12 555 0187"]
)
def test_zeros_before_it_do_not_make_a_number_of_what_is_none(typed: str) -> None:
    assert complaint(phone=typed)[0] == "phone"


@pytest.mark.parametrize("typed", PHONES, ids=ascii)
def test_what_was_typed_for_a_phone_is_kept(typed: str) -> None:
    assert factories.lead(phone=typed).phone.typed == typed


@pytest.mark.parametrize(
    "extension",
    [
        " x42",
        "x42",
        " X 42",
        " ext 42",
        " ext. 42",
        " Ext: 42",
        ", ext 42",
        " extension 42",
        " xtn 42",
        " #42",
        ";ext=42",
        ",42",
        ",,42#",
        ";42",
        " int 42",
        " (ext 42)",
    ],
)
def test_an_extension_is_understood_in_every_notation(extension: str) -> None:
    phone = factories.lead(phone=f"(312) 555-0187{extension}").phone

    assert (phone.e164, phone.extension) == (OURS, "42")


@pytest.mark.parametrize("digits", ["42", "４２", "٤٢", "۴۲", "४२"])
def test_an_extension_is_digits_that_a_phone_can_dial(digits: str) -> None:
    assert factories.lead(phone=f"312 555 0187 x{digits}").phone.uri == "tel:+13125550187;ext=42"


def test_a_link_to_a_phone_calls_its_extension() -> None:
    assert factories.lead(phone="312 555 0187 x42").phone.uri == "tel:+13125550187;ext=42"


def test_a_link_to_a_phone_without_extension_is_its_number() -> None:
    assert factories.lead(phone="312 555 0187").phone.uri == "tel:+13125550187"


@pytest.mark.parametrize(
    ("typed", "displayed"),
    [
        ("3125550187", "(312) 555-0187"),
        ("3125550187 x42", "(312) 555-0187 ext. 42"),
        ("+442079460958", "+44 20 7946 0958"),
    ],
)
def test_a_phone_is_shown_as_it_is_written_where_it_belongs(typed: str, displayed: str) -> None:
    assert factories.lead(phone=typed).phone.display == displayed


def test_a_number_without_country_code_belongs_to_the_practices_country() -> None:
    berlin = factories.practice(country="DE", phone="+49 30 901820", time_zone="Europe/Berlin")

    assert Lead.from_form(factories.answers(phone="030 901820"), berlin).phone.e164 == "+4930901820"


def test_a_number_of_a_brand_new_area_code_is_taken() -> None:
    # The library's tables lag behind; the person who waits for the call does not.
    assert factories.lead(phone="(959) 555-0187").phone.e164 == "+19595550187"


@pytest.mark.parametrize(
    "typed",
    [
        "555-0187",
        "12345",
        "(112) 555-0187",
        "(312) 155-0187",
        "312-555-018",
        "312-555-01877",
        "+1 012 555 0187",
        "+999 12345678",
        "+44 20 7946",
        "no phone",
        "ada@example.com",
        "312-555-0187 or 312-555-0188",
        "312-555-0187 after 6 pm",
        "+",
        "---",
        "{example}",
        "{0} {message} %s",
        "<script>",
    ],
)
def test_a_number_that_cannot_exist_is_named_as_typed_beside_an_example(typed: str) -> None:
    assert complaint(phone=typed) == (
        "phone",
        f"“{typed}” cannot be a phone number: enter it with its area code, like (312) 555-0100",
    )


@pytest.mark.parametrize("typed", [None, "", "  ", "\n", "\u202a\u202c"], ids=ascii)
def test_an_invisible_phone_number_is_missing(typed: str | None) -> None:
    assert complaint(phone=typed) == ("phone", "Enter your phone number")


@pytest.mark.parametrize(
    "typed", ["312\n555-0187", "312\x00555-0187", "312-555-0187\r", "312\u2028555-0187"], ids=ascii
)
def test_a_phone_with_a_line_break_or_a_control_character_is_refused(typed: str) -> None:
    assert complaint(phone=typed) == ("phone", "Phone number must be one line of text, without control characters")


def test_a_phone_of_60_characters_is_taken() -> None:
    assert factories.lead(phone="3125550187".rjust(60)).phone.e164 == OURS


def test_a_phone_of_61_characters_is_refused() -> None:
    assert complaint(phone="3125550187".rjust(61)) == ("phone", "Phone number must be 60 characters or fewer")


@given(st.one_of(st.text(), st.text("+0123456789 ()-.x#,;/*ext=tel:\u202a\u202c"), st.from_regex(r"[+(]?\d[\d ().-]+")))
def test_any_phone_is_understood_or_refused_in_words(typed: str) -> None:
    taken = attempt(phone=typed)

    assert taken.phone.typed == typed if isinstance(taken, Lead) else faults(taken) == ["phone"]


# --- Choices ---


@pytest.mark.parametrize(
    ("ticked", "kept"),
    [
        (None, ()),
        (["ptsd"], ("ptsd",)),
        (["ptsd", "trd"], ("trd", "ptsd")),
        (["ptsd", "ptsd"], ("ptsd",)),
        (["trd", "suicidal-thoughts", "ptsd"], ("trd", "suicidal-thoughts", "ptsd")),
    ],
)
def test_conditions_are_kept_in_the_practices_order(ticked: list[str] | None, kept: tuple[str, ...]) -> None:
    assert factories.lead(conditions=ticked).conditions == kept


@pytest.mark.parametrize("ticked", [[""], ["TRD"], ["trd ptsd"], [f"gout-{number}" for number in range(21)]])
def test_a_condition_that_no_form_can_have_sent_is_refused(ticked: list[str]) -> None:
    assert complaint(conditions=ticked) == ("conditions", "Choose conditions from the list")


def test_a_condition_of_another_version_of_the_page_is_kept_as_it_was_sent() -> None:
    assert factories.lead(conditions=["gout", "ptsd", "gout"]).conditions == ("ptsd", "gout")


@pytest.mark.parametrize(
    ("ticked", "is_priority"), [(["gout"], True), (["ptsd"], False), (["suicidal-thoughts"], True)]
)
def test_a_condition_that_is_not_known_is_urgent(ticked: list[str], is_priority: bool) -> None:
    assert factories.lead(conditions=ticked).is_priority(factories.SAMPLE) is is_priority


def test_a_condition_that_was_retired_is_as_urgent_as_it_was() -> None:
    conditions = [{**each.model_dump(), "retired": each.key != "ptsd"} for each in factories.SAMPLE.conditions]
    practice = factories.practice(conditions=conditions)

    assert [factories.lead(conditions=[key]).is_priority(practice) for key in ("trd", "suicidal-thoughts")] == [
        False,
        True,
    ]


@pytest.mark.parametrize(("answer", "kept"), [("any", "any"), ("afternoon", "afternoon"), ("", "any"), (None, "any")])
def test_the_best_time_is_any_unless_chosen(answer: str | None, kept: str) -> None:
    assert factories.lead(best_time=answer).best_time == kept


def test_a_best_time_of_another_version_of_the_page_is_kept_as_it_was_sent() -> None:
    assert factories.lead(best_time="evening").best_time == "evening"


@pytest.mark.parametrize("answer", ["a night", "Morning", "any "])
def test_a_best_time_that_no_form_can_have_sent_is_refused(answer: str) -> None:
    assert complaint(best_time=answer) == ("best_time", "Best time to call: choose one of the answers on the form")


@pytest.mark.parametrize(("answer", "kept"), [("yes", True), ("no", False), ("", False), (None, False)])
def test_no_voicemail_is_left_unless_it_was_allowed(answer: str | None, kept: bool) -> None:
    assert factories.lead(voicemail=answer).voicemail is kept


def test_another_answer_about_voicemail_is_refused() -> None:
    assert complaint(voicemail="perhaps")[0] == "voicemail"


@pytest.mark.parametrize(("ticked", "priority"), [(["suicidal-thoughts"], True), (["trd", "ptsd"], False), ([], False)])
def test_priority_follows_from_the_conditions(ticked: list[str], priority: bool) -> None:
    assert factories.lead(conditions=ticked).is_priority(factories.SAMPLE) is priority


# --- Hidden fields ---


@pytest.mark.parametrize("field", ["utm_source", "utm_medium", "utm_campaign"])
@pytest.mark.parametrize("word", ["pinterest", "autumn-2026", "a_b.c~d+e", "x" * 64, "été"])
def test_a_campaign_word_is_kept(field: str, word: str) -> None:
    assert getattr(factories.lead(**{field: word}), field) == word


@pytest.mark.parametrize("field", ["utm_source", "utm_medium", "utm_campaign"])
@pytest.mark.parametrize("word", ["", "x" * 65, "two words", "<b>", "a\nb", "a&b", "{x}", "a/b", "a\0", None])
def test_anything_else_for_a_campaign_word_is_dropped_whole(field: str, word: str | None) -> None:
    assert getattr(factories.lead(**{field: word}), field) is None


@pytest.mark.parametrize("path", ["/", "/guide/", "/a-b/c_d/1", "/" + "x" * 199])
def test_the_path_of_an_article_is_kept(path: str) -> None:
    assert factories.lead(source=path).source == path


@pytest.mark.parametrize(
    "path",
    ["", "guide", "https://evil.example/", "/" + "x" * 200, "/a b", "/a?b=c", "/../x", "/%00", "/a\n", "/A", None],
)
def test_anything_else_for_a_path_is_dropped_whole(path: str | None) -> None:
    assert factories.lead(source=path).source is None


@pytest.mark.parametrize(("version", "kept"), [("2026-11", "2026-11"), ("x" * 21, None), ("<b>", None), (None, None)])
def test_the_version_of_the_consent_is_kept(version: str | None, kept: str | None) -> None:
    assert factories.lead(consent=version).consent == kept


@pytest.mark.parametrize("field", [name for name in Lead.model_fields if name != "conditions"])
def test_a_repeated_field_is_refused(field: str) -> None:
    value = factories.answers()[field][0]

    assert complaint(**{field: [value, value]})[0] == field


@pytest.mark.parametrize("field", ["name ", "Name", "conditions[]", "admin", "status", "__proto__", "", "e164"])
def test_an_unknown_field_is_ignored(field: str) -> None:
    assert Lead.from_form({**factories.answers(), field: ["x", "y"]}, factories.SAMPLE) == factories.lead()


@pytest.mark.parametrize("filled", ["x", " ", "https://example.com"])
def test_a_filled_honeypot_is_only_a_reason_for_review(filled: str) -> None:
    assert factories.lead(leave_empty=filled).review_reason == "a field that people do not see was filled in"


@pytest.mark.parametrize(("elapsed", "reviewed"), [("0", True), ("1.99", True), ("2", False), ("86400", False)])
def test_a_form_filled_in_an_instant_is_only_a_reason_for_review(elapsed: str, reviewed: bool) -> None:
    assert (factories.lead(elapsed=elapsed).review_reason is not None) is reviewed


@pytest.mark.parametrize("elapsed", [None, "", "soon", "-1", "1e3", "nan", "inf", "9" * 30, "٣", "0x1"])
def test_a_time_that_is_none_says_nothing(elapsed: str | None) -> None:
    assert factories.lead(elapsed=elapsed).review_reason is None


@pytest.mark.parametrize("name", ["https://spam.example", "Win at www.spam", "Cheap.Pills.COM", "spam.ru"])
def test_a_web_address_for_a_name_is_only_a_reason_for_review(name: str) -> None:
    assert factories.lead(name=name).review_reason == "there is a web address in the name"


@pytest.mark.parametrize("name", ["Ada Lovelace", "Mr. Com", "Anna.Organ", "Nettie Topper", "Jean-Luc Www"])
def test_an_ordinary_name_is_no_reason_for_review(name: str) -> None:
    assert factories.lead(name=name).review_reason is None


# --- Several mistakes ---


def test_every_mistake_is_reported_at_once_in_the_order_of_the_form() -> None:
    refused = refusal(best_time="Night", phone="12", name="", conditions=["Gout"])

    assert faults(refused) == ["name", "phone", "conditions", "best_time"]


def test_an_empty_form_asks_for_what_is_required_only() -> None:
    with pytest.raises(LeadError) as caught:
        Lead.from_form({}, factories.SAMPLE)

    assert faults(caught.value) == ["name", "phone"]


def test_the_error_itself_names_no_answer() -> None:
    assert str(refusal(name="Ada\nLovelace", phone="12345")) == "2 answers need a correction"


# --- The form ---


def drawn(answers: FormData | None = None, *errors: FieldError) -> Form:
    return form(factories.SAMPLE, answers, errors, source="/guide/")


def field(name: str, answers: FormData | None = None, *errors: FieldError) -> FormField:
    return next(item for item in drawn(answers, *errors).fields if item.name == name)


def test_the_form_asks_for_these_fields_in_this_order() -> None:
    assert [item.name for item in drawn().fields] == ["name", "phone", "conditions", "best_time", "voicemail"]


@pytest.mark.parametrize(
    ("name", "required"),
    [("name", True), ("phone", True), ("conditions", False), ("best_time", False), ("voicemail", False)],
)
def test_the_form_requires_what_a_lead_requires(name: str, required: bool) -> None:
    assert field(name).required is required


@pytest.mark.parametrize(
    ("name", "attribute", "value"),
    [
        ("name", "autocomplete", "name"),
        ("name", "maxlength", "100"),
        ("phone", "autocomplete", "tel"),
        ("phone", "inputmode", "tel"),
        ("phone", "maxlength", "60"),
    ],
)
def test_the_browser_knows_what_a_field_takes(name: str, attribute: str, value: str) -> None:
    assert field(name).attributes[attribute] == value


@pytest.mark.parametrize("name", ["name", "phone"])
def test_the_browser_lets_nothing_be_typed_that_is_too_long(name: str) -> None:
    longest = int(field(name).attributes["maxlength"])

    assert complaint(**{name: "1" * (longest + 1)})[1].endswith(f"must be {longest} characters or fewer")


@pytest.mark.parametrize("name", ["name", "phone"])
def test_what_is_missing_is_said_in_the_forms_own_words(name: str) -> None:
    assert complaint(**{name: None}) == complaint(**{name: " "})


@pytest.mark.parametrize(("name", "message"), [("name", "Enter your full name"), ("phone", "Enter your phone number")])
def test_a_field_that_was_not_sent_has_its_own_message(name: str, message: str) -> None:
    assert complaint(**{name: None}) == (name, message)


def test_a_lead_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        factories.lead().name = "Grace Hopper"  # type: ignore[misc]  # that is the mistake


def test_a_phone_number_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        factories.lead().phone.e164 = "+13125550199"  # type: ignore[misc]  # that is the mistake


@pytest.mark.parametrize("name", ["name", "phone", "conditions", "best_time", "voicemail"])
def test_every_field_has_a_label(name: str) -> None:
    assert field(name).label


@pytest.mark.parametrize("name", ["name", "phone"])
def test_what_was_typed_is_kept(name: str) -> None:
    assert field(name, {name: ['<typed> & "kept"']}).value == '<typed> & "kept"'


def test_a_control_character_becomes_visible() -> None:
    assert field("name", {"name": ["A\0B\nC\ud800"]}).value == "A\ufffdB\ufffdC\ufffd"


def test_the_practices_conditions_are_offered_in_its_order() -> None:
    assert [choice.value for choice in field("conditions").choices] == ["trd", "suicidal-thoughts", "ptsd"]


def test_a_condition_with_priority_says_so() -> None:
    assert [choice.priority for choice in field("conditions").choices] == [False, True, False]


def test_ticked_conditions_stay_ticked() -> None:
    choices = field("conditions", {"conditions": ["ptsd", "gout", "<b>"]}).choices

    assert [choice.value for choice in choices if choice.checked] == ["ptsd", "gout"]


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [({}, ["any"]), ({"best_time": ["morning"]}, ["morning"]), ({"best_time": ["evening"]}, ["evening"])],
)
def test_the_best_time_stays_chosen(answers: FormData, chosen: list[str]) -> None:
    assert [choice.value for choice in field("best_time", answers).choices if choice.checked] == chosen


@pytest.mark.parametrize("name", ["best_time", "voicemail"])
def test_every_choice_of_the_form_is_one_that_a_lead_takes(name: str) -> None:
    for choice in field(name).choices:
        assert factories.lead(**{name: choice.value})


@pytest.mark.parametrize(
    ("answers", "ticked"),
    [({}, False), ({"voicemail": ["yes"]}, True), ({"voicemail": ["no"]}, False), ({"voicemail": [""]}, False)],
)
def test_voicemail_stays_ticked_only_if_it_was(answers: FormData, ticked: bool) -> None:
    assert field("voicemail", answers).choices[0].checked is ticked


def test_a_mistake_is_at_its_field() -> None:
    assert field("phone", {}, FieldError("phone", "Enter your phone number")).error == "Enter your phone number"


def test_the_summary_lists_fields_with_mistakes_only() -> None:
    assert [item.name for item in drawn({}, FieldError("phone", "Enter your phone number")).errors] == ["phone"]


def test_the_summary_names_a_mistake_in_a_hidden_field() -> None:
    answers = factories.answers(utm_source=["a", "b"])

    assert drawn(answers, *refusal(**answers).errors).errors


def test_the_id_of_a_field_is_where_the_summary_leads() -> None:
    assert field("phone").id == "field-phone"


def test_a_blank_form_says_which_page_it_is_on() -> None:
    assert drawn().hidden["source"] == "/guide/"


def test_a_form_that_is_shown_again_keeps_its_hidden_fields() -> None:
    given_words = {
        name: factories.answers()[name] for name in ("consent", "source", "utm_source", "utm_medium", "utm_campaign")
    }

    assert drawn(given_words).hidden == {name: values[0] for name, values in given_words.items()}


# --- Asking ---


def attempt(**changes: str | list[str] | None) -> Lead | LeadError:
    """Return the lead of a form with these answers changed, or why it is refused."""
    try:
        return factories.lead(**changes)
    except LeadError as refused:
        return refused


def refusal(**changes: str | list[str] | None) -> LeadError:
    """Return the refusal of a form with these answers changed."""
    refused = attempt(**changes)
    assert isinstance(refused, LeadError)
    return refused


def faults(refused: LeadError) -> list[str]:
    return [error.field for error in refused.errors]


def complaint(**changes: str | list[str] | None) -> tuple[str, str]:
    """Return the only mistake of a form with these answers changed."""
    (error,) = refusal(**changes).errors
    return error.field, error.message
