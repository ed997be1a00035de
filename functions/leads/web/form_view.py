"""The call-back form as templates draw it, derived from the fields of `Lead`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leads.domain.lead import BEST_TIMES, CONSENT_VERSION, FieldError, FieldSpec, FormData, Lead, field_spec
from leads.domain.practice import KEY, Patients, Practice
from leads.domain.text import has_control
from leads.web.confirmation import BLANK, Confirmation


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
        """Return the id of the field's first control, the target of the error summary's link."""
        return "call-back" if self.kind == "hidden" else f"field-{self.name}"

    @property
    def described_by(self) -> str:
        """Return the ids of the texts that describe the control, for `aria-describedby`."""
        texts = (("hint", self.hint), ("error", self.error))
        return " ".join(f"{self.id}-{name}" for name, text in texts if text)


@dataclass(frozen=True)
class Form:
    """The whole form as the template draws it, blank or with answers and errors."""

    fields: tuple[FormField, ...]
    hidden: Mapping[str, str]
    patients: str
    """Whom the practice can see, as it is said in a sentence."""
    unseen: tuple[FormField, ...] = ()
    """Hidden fields with an error. The visitor did not type them, but must see why the form was refused."""
    confirmation: Confirmation = BLANK
    """What takes the form's place once the request is stored."""

    @property
    def errors(self) -> tuple[FormField, ...]:
        """Return the fields that need a correction, in the form's order."""
        return tuple(item for item in (*self.fields, *self.unseen) if item.error)


def form(
    practice: Practice, form_data: FormData | None = None, errors: Sequence[FieldError] = (), source: str = ""
) -> Form:
    """Return the form, blank or with the submitted data. `source` is the page's path, for a blank form."""
    submitted: dict[str, Sequence[str]] = dict(form_data or {})
    messages = {error.field: error.message for error in errors}
    fields = tuple(
        _field(name, spec, submitted.get(name, ()), messages.get(name, ""), practice)
        for name in Lead.model_fields
        if (spec := field_spec(name))
    )
    unseen = tuple(_unseen(error) for error in errors if not field_spec(error.field))
    return Form(
        fields,
        {"consent": CONSENT_VERSION, "source": source, **_hidden(submitted)},
        _patients(practice.patients),
        unseen,
    )


def _patients(patients: Patients) -> str:
    """Return "people aged 18 or over who live in Illinois"; the build has worked out the states' names."""
    age = f"aged {patients.from_age} or over" if patients.from_age else "of any age"
    *others, last = patients.state_names
    return f"people {age} who live in {', '.join(others)}{' or ' if others else ''}{last}"


def _field(name: str, spec: FieldSpec, values: Sequence[str], error: str, practice: Practice) -> FormField:
    return FormField(
        name=name,
        label=spec.label,
        kind=spec.kind,
        hint=spec.hint,
        required=Lead.model_fields[name].is_required(),
        attributes=spec.attributes,
        value=_shown(next(iter(values), "")),
        choices=_choices(name, spec, practice, values),
        error=error,
    )


def _unseen(error: FieldError) -> FormField:
    return FormField(error.field, error.field, "hidden", "", False, {}, "", (), error.message)


def _shown(answer: str) -> str:
    """Return the answer with U+FFFD in place of control characters, which HTML cannot hold."""
    return "".join("\ufffd" if has_control(character) else character for character in answer)


def _hidden(submitted: FormData) -> dict[str, str]:
    names = ("consent", "source", "utm_source", "utm_medium", "utm_campaign")
    return {name: _shown(submitted[name][0]) for name in names if submitted.get(name)}


def _choices(name: str, spec: FieldSpec, practice: Practice, values: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices that are offered, and what a page of another version sent: an answer must not be lost."""
    sent = [value for value in values if re.fullmatch(KEY, value)]
    if name == "conditions":
        offered = tuple(Choice(c.key, c.label, c.key in values, c.priority) for c in practice.offered_conditions)
        others = [key for key in sent if key not in {choice.value for choice in offered}]
        labels = practice.condition_labels(others)
        return (*offered, *(Choice(key, label, checked=True) for key, label in zip(others, labels, strict=True)))
    if name == "best_time":
        chosen = values[0] if values else "any"
        others = [key for key in sent[:1] if key not in dict(BEST_TIMES)]
        known = (*BEST_TIMES, *zip(others, others, strict=True))
        return tuple(Choice(value, label, value == chosen) for value, label in known)
    if name == "voicemail":
        return (Choice("yes", spec.label, list(values) == ["yes"]),)
    return ()
