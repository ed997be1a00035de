"""The call-back form as HTML: drawn from Lead's fields, blank or with answers and errors."""

from __future__ import annotations

from xml.etree.ElementTree import Element

import html5lib
import pytest
from leads import rendering
from leads.domain.lead import CONSENT_VERSION, FieldError, FormData, Lead, LeadError
from leads.domain.practice import Practice
from leads.web import form_view

from tests.support.factories import practice

PRACTICE = practice()


def drawn(answers: FormData | None = None, practice: Practice = PRACTICE) -> Element:
    """Return the form; with answers, as the function renders it again."""
    errors = _errors(answers) if answers is not None else ()
    form = form_view.form(practice, answers, errors, "/sleep/")
    html = rendering.render("parts/form.html", form=form, practice=practice)
    parsed: Element = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return parsed


def _errors(answers: FormData) -> tuple[FieldError, ...]:
    try:
        Lead.from_form(answers, PRACTICE)
    except LeadError as wrong:
        return wrong.errors
    return ()


def control(part: Element, name: str) -> Element:
    found = part.find(f".//input[@name='{name}']")
    assert found is not None
    return found


def words(element: Element | None) -> str:
    assert element is not None
    return " ".join("".join(element.itertext()).split())


MISTAKEN = {"name": [" "], "phone": ["12"], "conditions": ["ptsd"], "best_time": ["morning"], "voicemail": ["yes"]}


@pytest.mark.parametrize("name", ["name", "phone"])
def test_what_must_be_answered_says_so(name: str) -> None:
    assert "required" in control(drawn(), name).attrib


def test_the_browser_leaves_checking_to_the_server() -> None:
    part = drawn().find(".//form")
    assert part is not None
    assert "novalidate" in part.attrib


def test_every_control_has_a_label() -> None:
    part = drawn()
    labelled = {label.get("for") for label in part.iter("label")}
    assert {each.get("id") for each in part.iter("input") if each.get("type") != "hidden"} == labelled


def test_every_id_is_there_once_and_every_reference_finds_one() -> None:
    part = drawn(MISTAKEN)
    ids = [each.get("id") for each in part.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
    described = {name for each in part.iter() for name in each.get("aria-describedby", "").split()}
    links = {each.get("href", "").removeprefix("#") for each in part.iter("a") if each.get("href", "").startswith("#")}
    assert described | links <= set(ids)


def test_nothing_is_ticked_beforehand() -> None:
    boxes = drawn().findall(".//input[@type='checkbox']")
    assert boxes
    assert not [box for box in boxes if "checked" in box.attrib]


def test_consent_has_a_version_and_is_beside_the_button() -> None:
    part = drawn()
    assert control(part, "consent").get("value") == CONSENT_VERSION
    assert "not a condition of care" in words(part.find(".//form/p"))


def test_a_visitor_does_not_read_the_version_of_the_consent() -> None:
    assert CONSENT_VERSION not in words(drawn())


def test_the_form_s_heading_and_its_button_have_one_name() -> None:
    part = drawn()
    assert (words(part.find(".//h2")), words(part.find(".//button"))) == ("Ask for a call", "Ask for a call")


@pytest.mark.parametrize(
    "said",
    [
        "Ana or a colleague calls you within one business day, in our opening hours, from (312) 555-0100.",
        "The call is free and takes about 10 minutes.",
        "You need not tell your whole story again.",
        "If you miss our call, we try again by the end of the next morning or afternoon that we are open.",
        "You can also call us back at (312) 555-0100.",
        "We can see people aged 18 or over who live in Illinois.",
        "Crisis lines answer people of any age, anywhere in the United States.",
    ],
)
def test_a_visitor_reads_about_the_call_before_the_fields(said: str) -> None:
    before = drawn().find(".//section/div")
    assert said in words(before).replace("\N{NO-BREAK SPACE}", " ")


def test_the_number_that_calls_may_be_another_than_the_number_to_call_back() -> None:
    said = words(drawn(practice=practice(call={"number": "+1 312-555-0199"})))
    assert "from (312) 555-0199." in said
    assert "call us back at (312) 555-0100" in said


@pytest.mark.parametrize(
    ("patients", "said"),
    [
        ({"from_age": 0}, "people of any age who live in Illinois"),
        ({"state_names": ["Illinois", "Iowa"]}, "people aged 18 or over who live in Illinois or Iowa"),
        (
            {"state_names": ["Illinois", "Iowa", "Ohio"]},
            "people aged 18 or over who live in Illinois, Iowa or Ohio",
        ),
    ],
    ids=["any age", "two states", "three states"],
)
def test_the_form_says_whom_the_practice_can_see(patients: dict[str, object], said: str) -> None:
    assert form_view.form(practice(patients=patients)).patients == said


def test_it_says_what_it_is_not() -> None:
    said = words(drawn())
    for promise in ("not watched day and night", "not for emergencies", "within one business day", "988", "911"):
        assert promise in said


def test_the_page_that_it_is_on_is_kept() -> None:
    assert control(drawn(), "source").get("value") == "/sleep/"


def test_the_trap_is_hidden_from_people_and_their_tools() -> None:
    part = drawn()
    trap = control(part, "leave_empty")
    assert (trap.get("tabindex"), trap.get("autocomplete")) == ("-1", "off")
    hidden = part.find(".//*[@aria-hidden='true']")
    assert hidden is not None
    assert control(hidden, "leave_empty") is trap


def test_a_blank_form_says_nothing_of_errors() -> None:
    part = drawn()
    summary = part.find(".//*[@role='alert']")
    assert summary is not None
    assert "hidden" in summary.attrib
    assert not part.findall(".//*[@aria-invalid]")


def test_errors_are_summed_up_first_and_the_summary_takes_the_focus() -> None:
    part = drawn(MISTAKEN).find(".//form")
    assert part is not None
    assert (part[0].get("role"), part[0].get("tabindex")) == ("alert", "-1")
    assert "autofocus" in part[0].attrib


@pytest.mark.parametrize("name", ["name", "phone"])
def test_each_error_is_a_link_to_its_field_with_the_same_words_beside_it(name: str) -> None:
    part = drawn(MISTAKEN)
    field = control(part, name)
    beside = part.find(f".//*[@id='field-{name}-error']")
    assert words(part.find(f".//a[@href='#{field.get('id')}']")) == words(beside)
    assert f"field-{name}-error" in field.get("aria-describedby", "")
    assert field.get("aria-invalid") == "true"


def test_answers_are_kept() -> None:
    part = drawn(MISTAKEN)
    assert control(part, "phone").get("value") == "12"
    kept = {each.get("value") for each in part.iter("input") if "checked" in each.attrib}
    assert kept == {"ptsd", "morning", "yes"}


def test_what_was_typed_cannot_become_html() -> None:
    part = drawn({"name": ['"><script>alert(1)</script>'], "phone": ["12"]})
    assert part.find(".//script") is None


def test_crisis_lines_are_right_below_the_box_for_suicidal_thoughts() -> None:
    conditions = drawn().findall(".//fieldset")[0]
    places = [child.find(".//input[@data-priority]") is not None for child in conditions]
    card = conditions[places.index(True) + 1]
    assert card.get("role") == "status"
    assert {link.get("href") for link in card.iter("a")} >= {"tel:988", "sms:988", "tel:911"}


def test_the_confirmation_waits_in_the_page_with_every_part_and_no_fact() -> None:
    part = drawn().find(".//template")
    assert part is not None
    assert {each.get("data-if") for each in part.iter() if each.get("data-if")} == {"priority", "opens_text"}
    slots = [each for each in part.iter() if each.get("data-slot")]
    assert {each.get("data-slot", ""): words(each) for each in slots} == {
        "heading": "",
        "number": "",
        "opens_text": "",
        "reference": "",
    }
