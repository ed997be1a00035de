"""A lead: one submission of the form as a checked model.

The only place for the form's rules: `leads.web.form_view` derives labels, hints and errors from the model's fields, so
the page and the function cannot disagree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

import phonenumbers
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from leads.domain.practice import KEY, Practice
from leads.domain.text import has_control

CONSENT_VERSIONS = ("2026-11",)
"""Every version that the consent sentence ever had, oldest first: pages that are open send them for weeks."""

CONSENT_VERSION = CONSENT_VERSIONS[-1]
"""Version of the consent sentence in web/templates/parts/form.html; change both together (tests/golden)."""

MAX_UNKNOWN_CONDITIONS = 20
"""Conditions that one form may send and the facts do not have; a form has no more (leads.domain.practice)."""

MIN_FILL_SECONDS = 2.0
"""Shortest time in which a person can fill in the form; a browser that autofills still needs a tap or two."""

FormData = Mapping[str, Sequence[str]]
"""A submitted form: each field's values in order, as typed."""


@dataclass(frozen=True)
class FieldSpec:
    """How the form shows a field, and its message when the answer is missing."""

    label: str
    kind: Literal["text", "tel", "checkboxes", "radios", "checkbox"]
    hint: str = ""
    missing: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldError:
    """One field that needs a correction, with a message for the visitor."""

    field: str
    message: str


class LeadError(ValueError):
    """The form needs corrections. The text repeats no answer."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(f"{len(errors)} answers need a correction")
        self.errors = tuple(errors)


def _refuse(message: str) -> PydanticCustomError:
    # As a value, not as the template: a typed "{example}" must not be filled in.
    return PydanticCustomError("answer", "{message}", {"message": message})


_BLANK = "\u115f\u1160\u3164\uffa0\u2800"
"""Hangul's fillers and Braille's empty cell: letters and symbols by category, and nothing to the eye."""


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" and character not in _BLANK for character in text)


def _name(text: str) -> str:
    text = text.strip()
    if not _is_visible(text):
        raise _refuse("Enter your full name")
    if has_control(text):
        raise _refuse("Full name must be one line of text, without control characters")
    if len(text) > 100:
        raise _refuse("Full name must be 100 characters or fewer")
    return text


def _practice(info: ValidationInfo) -> Practice:
    practice: Practice = (info.context or {})["practice"]
    return practice


AMERICAN = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
"""A number of the North American plan: NXX-NXX-XXXX, N from 2 to 9."""

_AMERICAN_WITH_PREFIX = re.compile(rf"0*1?0*({AMERICAN.pattern})")


def _strip_zeros(e164: str) -> str:
    return re.sub(rf"^\+10+(?={AMERICAN.pattern}$)", "+1", e164)


class Phone(BaseModel):
    """A phone number that can exist, and the text that was typed."""

    model_config = ConfigDict(frozen=True)

    typed: str
    e164: Annotated[str, AfterValidator(_strip_zeros)]
    """Leads that were taken under older rules may have zeros after +1, and then cannot be called."""
    extension: str = ""

    @property
    def uri(self) -> str:
        """Return the number as a `tel:` URI (RFC 3966)."""
        return f"tel:{self.e164};ext={self.extension}" if self.extension else f"tel:{self.e164}"

    @property
    def display(self) -> str:
        """Return the number in national format for +1, in international format for other countries."""
        number = phonenumbers.parse(self.e164)
        number.extension = self.extension or None
        formats = phonenumbers.PhoneNumberFormat
        return phonenumbers.format_number(
            number, formats.NATIONAL if number.country_code == 1 else formats.INTERNATIONAL
        )


def parse_number(typed: str, country: str) -> phonenumbers.PhoneNumber | None:
    """Return the typed number, or None if it cannot be read as one.

    Zeros and "001" before a number of the North American plan are left out: people from other countries type them, and
    phonenumbers keeps them, because Italian numbers need them. Other countries' zeros are left to phonenumbers.
    """
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    found = _AMERICAN_WITH_PREFIX.fullmatch(phonenumbers.national_significant_number(number))
    if number.country_code != 1 or not found:
        return number
    return phonenumbers.PhoneNumber(country_code=1, national_number=int(found[1]), extension=number.extension)


def _can_exist(number: phonenumbers.PhoneNumber) -> bool:
    # North America opens area codes faster than the library's tables arrive here; a number of a new one
    # is a person waiting for a call. So +1 goes by the numbering plan's shape.
    if number.country_code == 1:
        return AMERICAN.fullmatch(str(number.national_number)) is not None
    return phonenumbers.is_valid_number(number)


def _phone(typed: str, info: ValidationInfo) -> Phone:
    if not _is_visible(typed):
        raise _refuse("Enter your phone number")
    if len(typed) > 60:
        raise _refuse("Phone number must be 60 characters or fewer")
    if has_control(typed):
        raise _refuse("Phone number must be one line of text, without control characters")
    practice = _practice(info)
    number = parse_number(typed, practice.country)
    if number is None or not _can_exist(number):
        raise _refuse(
            f"“{typed.strip()}” cannot be a phone number: enter it with its area code, like {practice.phone_display}"
        )
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # The library turns a number's digits into ASCII, but leaves an extension's as they were typed.
    extension = phonenumbers.normalize_digits_only(number.extension or "")
    return Phone(typed=typed, e164=e164, extension=extension)


def _conditions(keys: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    # A page may be older or newer than the facts: a condition that they do not have is kept as it was sent.
    if not all(re.fullmatch(KEY, key) for key in keys):
        raise _refuse("Choose conditions from the list")
    known = [condition.key for condition in _practice(info).conditions]
    unknown = sorted(set(keys) - set(known))
    if len(unknown) > MAX_UNKNOWN_CONDITIONS:
        raise _refuse("Choose conditions from the list")
    return (*(key for key in known if key in keys), *unknown)


def _clean(pattern: str) -> BeforeValidator:
    """Return a validator for a hidden field: None for a value that our own page cannot have written."""
    return BeforeValidator(lambda text: text if isinstance(text, str) and re.fullmatch(pattern, text) else None)


def _seconds(text: object) -> object:
    return text if isinstance(text, int | float) or re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", str(text)) else None


CampaignWord = Annotated[str | None, _clean(r"[\w.~+-]{1,64}")]


class Lead(BaseModel):
    """One submission. Made by `from_form`, which explains every mistake."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[
        str,
        AfterValidator(_name),
        FieldSpec(
            label="Full name",
            kind="text",
            hint="So that we know who to ask for.",
            missing="Enter your full name",
            attributes={"autocomplete": "name", "maxlength": "100", "spellcheck": "false"},
        ),
    ]
    phone: Annotated[
        Phone,
        BeforeValidator(_phone),
        FieldSpec(
            label="Phone number",
            kind="tel",
            hint="We use it to call you back, and for nothing else. Any format is fine.",
            missing="Enter your phone number",
            attributes={"autocomplete": "tel", "maxlength": "60", "inputmode": "tel"},
        ),
    ]
    conditions: Annotated[
        tuple[str, ...],
        AfterValidator(_conditions),
        FieldSpec(label="What would you like to talk about?", kind="checkboxes", hint="Optional. Tick all that apply."),
    ] = ()
    best_time: Annotated[
        str,
        StringConstraints(pattern=KEY),
        FieldSpec(label="Best time to call", kind="radios", hint="Optional. In our opening hours."),
    ] = "any"
    voicemail: Annotated[
        bool,
        FieldSpec(label="You may leave a voicemail that says who we are", kind="checkbox"),
    ] = False
    consent: Annotated[str | None, _clean(r"[0-9a-z-]{1,20}")] = None
    source: Annotated[str | None, _clean(r"/[a-z0-9/_-]{0,199}")] = None
    utm_source: CampaignWord = None
    utm_medium: CampaignWord = None
    utm_campaign: CampaignWord = None
    leave_empty: str = ""
    """The honeypot: invisible to people. Autofill may still fill it, so it is only a reason for review."""
    elapsed: Annotated[float | None, BeforeValidator(_seconds)] = None
    """Seconds from opening the page to sending the form; only the script knows them."""

    @classmethod
    def from_form(cls, form_data: FormData, practice: Practice) -> Self:
        """Return the submitted lead.

        Raises LeadError with one message for each field that needs a correction, in the form's order.
        """
        errors = _repeated(form_data)
        single = {name: values[0] for name, values in form_data.items() if values and name != "conditions"}
        if not single.get("best_time"):
            single.pop("best_time", None)
        single["voicemail"] = single.get("voicemail") or "no"
        try:
            lead = cls.model_validate(
                {**single, "conditions": tuple(form_data.get("conditions", ()))}, context={"practice": practice}
            )
        except ValidationError as invalid:
            errors = {**_messages(invalid), **errors}
        if errors:
            raise LeadError([FieldError(name, errors[name]) for name in cls.model_fields if name in errors])
        return lead

    def is_priority(self, practice: Practice) -> bool:
        """Return whether the call is due within the priority hours, not by the next business day.

        A condition that the facts do not have counts as urgent: it may be one.
        """
        known = {condition.key: condition.priority for condition in practice.conditions}
        return any(known.get(key, True) for key in self.conditions)

    @property
    def review_reason(self) -> str | None:
        """Return why this may not be a person, or None. Never a reason to drop a lead."""
        if self.leave_empty:
            return "a field that people do not see was filled in"
        if self.elapsed is not None and self.elapsed < MIN_FILL_SECONDS:
            return f"the form was filled in within {MIN_FILL_SECONDS:.0f} seconds"
        if re.search(r"https?:|www\.|\.(com|net|org|ru|top|xyz)\b", self.name, re.IGNORECASE):
            return "there is a web address in the name"
        return None


def field_spec(name: str) -> FieldSpec | None:
    """Return how the form shows this field, or None for a hidden field."""
    return next((item for item in Lead.model_fields[name].metadata if isinstance(item, FieldSpec)), None)


def _label(name: str) -> str:
    spec = field_spec(name)
    return spec.label if spec else name


def _repeated(form_data: FormData) -> dict[str, str]:
    repeated = (name for name in Lead.model_fields if name != "conditions" and len(form_data.get(name, ())) > 1)
    return {name: f"{_label(name)} was sent more than once: send it once" for name in repeated}


def _messages(invalid: ValidationError) -> dict[str, str]:
    """Return the first mistake of each field as a message. pydantic's own texts repeat the answer."""
    messages: dict[str, str] = {}
    for error in invalid.errors(include_url=False):
        name = str(error["loc"][0])
        spec = field_spec(name)
        if error["type"] == "answer":
            message = error["msg"]
        elif error["type"] == "missing" and spec and spec.missing:
            message = spec.missing
        else:
            message = f"{_label(name)}: choose one of the answers on the form"
        messages.setdefault(name, message)
    return messages


BEST_TIMES = (("any", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon"))
