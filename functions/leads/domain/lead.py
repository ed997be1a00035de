"""A lead: one submission of the form as a checked model.

The only place for the form's rules. `form()` turns the model's fields into what the template draws, so
the page and the function cannot disagree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Self

import phonenumbers
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from leads.domain.practice import Condition, Practice

CONSENT_VERSION = "2026-11"
"""Names the consent sentence of `templates/parts/form.html`; change both together."""

FASTEST_PERSON_SECONDS = 2.0
"""Nobody reads and fills the form in less; browsers that autofill still need a tap or two."""

Answers = Mapping[str, Sequence[str]]
"""What was submitted: each field's values in order, as typed."""


@dataclass(frozen=True)
class Asked:
    """How the form asks for a field, and what it says when the answer is missing."""

    label: str
    kind: Literal["text", "tel", "checkboxes", "radios", "checkbox"]
    hint: str = ""
    missing: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field, in words for the visitor."""

    field: str
    message: str


class LeadError(ValueError):
    """The answers do not make a lead. Its text names no answer."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(f"{len(errors)} answers need a correction")
        self.errors = tuple(errors)


def _refuse(message: str) -> PydanticCustomError:
    # As a value, not as the template: a typed "{example}" must not be filled in.
    return PydanticCustomError("answer", "{message}", {"message": message})


_BLANK = "\u115f\u1160\u3164\uffa0\u2800"
"""Hangul's fillers and Braille's empty cell: letters and symbols by category, and nothing to the eye."""


def _visible(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNPS" and character not in _BLANK for character in text)


def _has_control(text: str) -> bool:
    # Cc: NUL, line breaks, tabs. Zl, Zp: Unicode's own line and paragraph breaks. Cs: half a character.
    return any(unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} for character in text)


def _name(text: str) -> str:
    text = text.strip()
    if not _visible(text):
        raise _refuse("Enter your full name")
    if _has_control(text):
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


def _without_zeros(e164: str) -> str:
    return re.sub(rf"^\+10+(?={AMERICAN.pattern}$)", "+1", e164)


class Phone(BaseModel):
    """A number that can exist, and what was typed for it."""

    model_config = ConfigDict(frozen=True)

    typed: str
    e164: Annotated[str, AfterValidator(_without_zeros)]
    """Leads that were taken under older rules may have zeros after +1, and then cannot be called."""
    extension: str = ""

    @property
    def uri(self) -> str:
        """A `tel:` address (RFC 3966)."""
        return f"tel:{self.e164};ext={self.extension}" if self.extension else f"tel:{self.e164}"

    @property
    def display(self) -> str:
        """The number as it is written where it belongs: national for +1, international elsewhere."""
        number = phonenumbers.parse(self.e164)
        number.extension = self.extension or None
        formats = phonenumbers.PhoneNumberFormat
        return phonenumbers.format_number(
            number, formats.NATIONAL if number.country_code == 1 else formats.INTERNATIONAL
        )


def parse_number(typed: str, country: str) -> phonenumbers.PhoneNumber | None:
    """The number that was typed, or None.

    Zeros and "001" before a number of the North American plan are left out: people from elsewhere type them, and
    phonenumbers would keep them, as it must for Italy's. Other countries' zeros are its own matter.
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
    if not _visible(typed):
        raise _refuse("Enter your phone number")
    if len(typed) > 60:
        raise _refuse("Phone number must be 60 characters or fewer")
    if _has_control(typed):
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
    offered = [condition.key for condition in _practice(info).conditions]
    if not set(keys) <= set(offered):
        raise _refuse("Choose conditions from the list")
    return tuple(key for key in offered if key in keys)


def _clean(pattern: str) -> BeforeValidator:
    """A field that nobody types: kept whole if it looks as our own page makes it, dropped whole if not."""
    return BeforeValidator(lambda text: text if isinstance(text, str) and re.fullmatch(pattern, text) else None)


def _seconds(text: object) -> object:
    return text if isinstance(text, int | float) or re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,6})?", str(text)) else None


CampaignWord = Annotated[str | None, _clean(r"[\w.~+-]{1,64}")]


class Lead(BaseModel):
    """One submission. Made by `from_answers`, which explains every mistake."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: Annotated[
        str,
        AfterValidator(_name),
        Asked(
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
        Asked(
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
        Asked(label="What would you like to talk about?", kind="checkboxes", hint="Optional. Tick all that apply."),
    ] = ()
    best_time: Annotated[
        Literal["any", "morning", "afternoon"],
        Asked(label="Best time to call", kind="radios", hint="Optional. In our opening hours."),
    ] = "any"
    voicemail: Annotated[
        bool,
        Asked(label="You may leave a voicemail that says who we are", kind="checkbox"),
    ] = False
    consent: Annotated[str | None, _clean(r"[0-9a-z-]{1,20}")] = None
    source: Annotated[str | None, _clean(r"/[a-z0-9/_-]{0,199}")] = None
    utm_source: CampaignWord = None
    utm_medium: CampaignWord = None
    utm_campaign: CampaignWord = None
    leave_empty: str = ""
    """The honeypot: a person does not see it. Autofill may still fill it, so it only raises suspicion."""
    elapsed: Annotated[float | None, BeforeValidator(_seconds)] = None
    """Seconds from the page's opening to sending; only the script knows them."""

    @classmethod
    def from_answers(cls, answers: Answers, practice: Practice) -> Self:
        """The lead that was submitted.

        Raises LeadError with one message for each field that needs a correction, in the form's order.
        """
        errors = _repeated(answers)
        single = {name: values[0] for name, values in answers.items() if values and name != "conditions"}
        if not single.get("best_time"):
            single.pop("best_time", None)
        single["voicemail"] = single.get("voicemail") or "no"
        try:
            lead = cls.model_validate(
                {**single, "conditions": tuple(answers.get("conditions", ()))}, context={"practice": practice}
            )
        except ValidationError as invalid:
            errors = {**_in_words(invalid), **errors}
        if errors:
            raise LeadError([FieldError(name, errors[name]) for name in cls.model_fields if name in errors])
        return lead

    def is_priority(self, practice: Practice) -> bool:
        """Whether somebody must call within the priority hours, not the next business day."""
        return any(condition.priority for condition in practice.conditions if condition.key in self.conditions)

    @property
    def suspicion(self) -> str | None:
        """Why this may not be a person, or None. Never a reason to drop a lead."""
        if self.leave_empty:
            return "a field that people do not see was filled in"
        if self.elapsed is not None and self.elapsed < FASTEST_PERSON_SECONDS:
            return f"the form was filled in within {FASTEST_PERSON_SECONDS:.0f} seconds"
        if re.search(r"https?:|www\.|\.(com|net|org|ru|top|xyz)\b", self.name, re.IGNORECASE):
            return "there is a web address in the name"
        return None


def asked(name: str) -> Asked | None:
    """How the form asks for this field; None for one that it does not show."""
    return next((item for item in Lead.model_fields[name].metadata if isinstance(item, Asked)), None)


def _label(name: str) -> str:
    question = asked(name)
    return question.label if question else name


def _repeated(answers: Answers) -> dict[str, str]:
    repeated = (name for name in Lead.model_fields if name != "conditions" and len(answers.get(name, ())) > 1)
    return {name: f"{_label(name)} was sent more than once: send it once" for name in repeated}


def _in_words(invalid: ValidationError) -> dict[str, str]:
    """The first mistake of each field in words, without pydantic's own (they repeat the answer)."""
    messages: dict[str, str] = {}
    for error in invalid.errors(include_url=False):
        name = str(error["loc"][0])
        question = asked(name)
        if error["type"] == "answer":
            message = error["msg"]
        elif error["type"] == "missing" and question and question.missing:
            message = question.missing
        else:
            message = f"{_label(name)}: choose one of the answers on the form"
        messages.setdefault(name, message)
    return messages


BEST_TIMES = (("any", "Any time"), ("morning", "Morning"), ("afternoon", "Afternoon"))


@dataclass(frozen=True)
class Choice:
    """One tick box or radio button."""

    value: str
    label: str
    checked: bool = False
    priority: bool = False


@dataclass(frozen=True)
class FormField:
    """One field as the template draws it."""

    name: str
    label: str
    kind: str
    hint: str
    required: bool
    attributes: Mapping[str, str]
    value: str
    choices: tuple[Choice, ...]
    error: str

    @property
    def id(self) -> str:
        """The id of the field's first control: where the error summary's link leads."""
        return "call-back" if self.kind == "hidden" else f"field-{self.name}"

    @property
    def described_by(self) -> str:
        """Return the ids of the hint and the error, for `aria-describedby`, or ""."""
        parts = {"hint": self.hint, "error": self.error}
        return " ".join(f"{self.id}-{part}" for part, text in parts.items() if text)


@dataclass(frozen=True)
class Form:
    """The whole form as the template draws it, blank or with answers and errors."""

    fields: tuple[FormField, ...]
    hidden: Mapping[str, str]
    unseen: tuple[FormField, ...] = ()
    """Fields that nobody sees, where one of them was sent wrongly: not by the visitor, who is told all the same."""

    @property
    def errors(self) -> tuple[FormField, ...]:
        return tuple(item for item in (*self.fields, *self.unseen) if item.error)


def form(
    practice: Practice, answers: Answers | None = None, errors: Sequence[FieldError] = (), source: str = ""
) -> Form:
    """The form, drawn from Lead's fields. `source` is the page's path, for a blank form."""
    given: dict[str, Any] = dict(answers or {})
    messages = {error.field: error.message for error in errors}
    questions = ((name, asked(name)) for name in Lead.model_fields)
    fields = tuple(
        FormField(
            name=name,
            label=question.label,
            kind=question.kind,
            hint=question.hint,
            required=Lead.model_fields[name].is_required(),
            attributes=question.attributes,
            value=_shown(next(iter(given.get(name, ())), "")),
            choices=_choices(name, practice.conditions, given.get(name, ())),
            error=messages.get(name, ""),
        )
        for name, question in questions
        if question
    )
    unseen = tuple(_unseen(error) for error in errors if not asked(error.field))
    return Form(fields, {"consent": CONSENT_VERSION, "source": source, **_kept(given)}, unseen)


def _unseen(error: FieldError) -> FormField:
    return FormField(error.field, error.field, "hidden", "", False, {}, "", (), error.message)


def _shown(answer: str) -> str:
    """The answer as it can stand in a page: a control character becomes a visible question mark."""
    return "".join("\ufffd" if _has_control(character) else character for character in answer)


def _kept(given: Answers) -> dict[str, str]:
    names = ("consent", "source", "utm_source", "utm_medium", "utm_campaign")
    return {name: _shown(given[name][0]) for name in names if given.get(name)}


def _choices(name: str, conditions: Sequence[Condition], given: Sequence[str]) -> tuple[Choice, ...]:
    if name == "conditions":
        return tuple(Choice(c.key, c.label, c.key in given, c.priority) for c in conditions)
    if name == "best_time":
        return tuple(Choice(value, label, value == (given[0] if given else "any")) for value, label in BEST_TIMES)
    if name == "voicemail":
        return (Choice("yes", _label(name), list(given) == ["yes"]),)
    return ()
