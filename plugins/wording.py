"""Words that an article must not use, and claims that need a source beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from plugins import citations
from plugins.passages import Passage

PROMISES = "No treatment is sure to work. Say what it may do, for whom, and cite the study."
PEOPLE = "Put the person first: “people living with”."

REFUSED: Mapping[str, str] = {
    # Claims that medicine cannot keep.
    r"cur(?:e|es|ed|ing|able)": PROMISES,
    r"miracles?|miraculous(?:ly)?": PROMISES,
    r"game[- ]?changers?|game[- ]changing": PROMISES,
    r"break-?throughs?": PROMISES,
    r"revolution(?:ary|i[sz]e[sd]?|i[sz]ing)": PROMISES,
    r"proven": PROMISES,
    r"guarante(?:e|es|ed|eing)": PROMISES,
    r"resets?|resetting": "No study measures that the brain is reset. Say what was measured.",
    r"rewir(?:e|es|ed|ing)": "No study measures that the brain is rewired. Say what was measured.",
    r"safe and effective": "Say which risks and which benefits were found, and cite the study.",
    r"no side[- ]effects|side[- ]effect[- ]free": "Every treatment has side effects. Say which, and how often.",
    r"non-?addictive": "Say what is known about dependence, and cite the study.",
    r"last resorts?": "Other options exist. Name them.",
    r"desperate(?:ly)?|desperation": "Describe the situation, not the despair.",
    r"debilitating": "Describe what somebody cannot do.",
    r"HIPAA[- ]compliant": "Say what the software does with the data.",
    # Safe messaging on suicide.
    r"(?:commit(?:s|ted|ting)?|complete[sd]?|completing) suicide|suicide (?:was|is) committed": (
        "Write “died by suicide”."
    ),
    r"(?:un)?successful (?:suicides?|suicide attempts?|attempts?)": "Write “died by suicide” or “attempted suicide”.",
    r"failed (?:suicides?|suicide attempts?|attempts?)": "Write “attempted suicide”.",
    r"epidemics?|skyrocket(?:s|ed|ing)?": "Give the number and its source.",
    r"(?:hang(?:ed|ing)?|sh(?:o|oo)t(?:ing)?|cut(?:ting)?) (?:him|her|them|your)sel(?:f|ves)": "Name no method.",
    r"overdos(?:e|es|ed|ing) on|jump(?:s|ed|ing)? to (?:his|her|their) death": "Name no method.",
    r"(?:led|leads?|drove|drives?|driven) (?:\w+ )?to suicide|suicides? because": (
        "No single cause leads to suicide. Say what is known about risk, and cite it."
    ),
    # People, not their illness.
    r"suffer(?:s|ed|ing)? from|sufferers?": PEOPLE,
    r"victims?": PEOPLE,
    r"battl(?:e|es|ed|ing)(?: with| against)?": PEOPLE,
}
"""What to write instead, by pattern."""

# A phrase may go on in the next line.
_REFUSED = [
    (re.compile(rf"\b(?:{pattern})\b".replace(" ", r"\s+"), re.IGNORECASE), remedy)
    for pattern, remedy in REFUSED.items()
]

EVIDENCE = re.compile(r"\d[\d.,]*\s?(?:%|per ?cent\b)|\bstud(?:y|ies)\b|\btrials?\b", re.IGNORECASE)
UNCITED = "uncited"
"""How an allowance excuses a claim without a source."""


def refused(text: str) -> Iterator[tuple[int, str, str]]:
    """Each refused word: where it is, the word, and what to write instead."""
    for pattern, remedy in _REFUSED:
        for match in pattern.finditer(text):
            yield match.start(), " ".join(match[0].split()), remedy


def uncited(passage: Passage) -> tuple[int, str] | None:
    """The first mention of evidence in a passage that cites nothing: where it is and what it says."""
    if passage.is_title or citations.keys(passage.text):
        return None
    match = EVIDENCE.search(passage.text)
    return (match.start(), match[0]) if match else None
