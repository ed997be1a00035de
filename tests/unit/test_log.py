"""The log: one JSON line an event, numbers that alarms can watch, and no way to say more."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from leads import log
from leads.domain.lead import Lead
from pydantic import ValidationError

from tests.support import factories


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_event_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    log.event("stored", reference="7K2M-9QXA-T3VB", outcome="new")

    assert lines(capsys) == [{"event": "stored", "reference": "7K2M-9QXA-T3VB", "outcome": "new"}]


def test_what_there_is_not_to_say_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    log.event("swept")

    assert lines(capsys) == [{"event": "swept"}]


def test_a_text_with_a_line_break_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.event("failed", outcome='a\nb"}')

    assert lines(capsys) == [{"event": "failed", "outcome": 'a\nb"}'}]


def test_metrics_are_beside_the_event(capsys: pytest.CaptureFixture[str]) -> None:
    log.event("contacted", metrics={"Contacted": 1, "MinutesToContact": 12.5})

    (line,) = lines(capsys)

    assert (line["Contacted"], line["MinutesToContact"]) == (1, 12.5)


def test_cloudwatch_finds_every_number_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    log.event("contacted", metrics={"Contacted": 1, "MinutesToContact": 12.5})

    (directive,) = lines(capsys)[0]["_aws"]["CloudWatchMetrics"]

    assert directive == {
        "Namespace": "ClinicCallback",
        "Dimensions": [[]],
        "Metrics": [{"Name": "Contacted"}, {"Name": "MinutesToContact"}],
    }


def test_the_time_of_metrics_is_in_milliseconds(capsys: pytest.CaptureFixture[str]) -> None:
    before = time.time()

    log.event("stored", metrics={"Stored": 1})

    assert before - 1 <= lines(capsys)[0]["_aws"]["Timestamp"] / 1000 <= time.time() + 1


class AwsStyleError(Exception):
    """An error with AWS's code where botocore has it, and a text that repeats the request."""

    def __init__(self, code: str) -> None:
        super().__init__("Ada Lovelace")
        self.response = {"Error": {"Code": code}}


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_failure_is_its_class_and_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    log.exception("failed", raised(ValueError("Ada Lovelace")))

    assert lines(capsys)[0]["outcome"].startswith("ValueError at test_log.py:")


def test_a_failure_of_aws_is_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    log.exception("failed", raised(AwsStyleError("TooManyRequestsException")))

    assert lines(capsys)[0]["outcome"].startswith("TooManyRequestsException at ")


def test_a_failure_in_our_code_is_named_by_our_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(AttributeError) as caught:
        Lead.from_form({"name": ["Ada"], "phone": ["1"]}, {})  # type: ignore[arg-type]  # that is the mistake

    log.exception("failed", caught.value)

    assert " at lead.py:" in lines(capsys)[0]["outcome"]


def test_a_failure_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    log.exception("failed", raised(ValueError()))

    assert lines(capsys)[0]["Failed"] == 1


def test_an_error_that_was_never_raised_has_no_place(capsys: pytest.CaptureFixture[str]) -> None:
    log.exception("failed", ValueError())

    assert lines(capsys)[0]["outcome"] == "ValueError at ?"


def validation_error() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Lead.model_validate({"name": "Ada\nLovelace", "phone": "x"}, context={"practice": factories.SAMPLE})
    return caught.value


@pytest.mark.parametrize(
    "error",
    [
        ValueError("Ada Lovelace"),
        AwsStyleError("MessageRejected"),
        validation_error(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_error_tells_its_text(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    log.exception("failed", raised(error))

    assert "Lovelace" not in capsys.readouterr().out
