"""Tests of the functions' code on Lambda."""

from __future__ import annotations

from hashlib import sha256

from infra.publish.functions import FunctionCode
from tests.support.cdn import (
    CODE,
    LATER,
    LATER_CODE,
    SITE,
    PublishedStack,
)


def test_a_changed_practice_or_frame_reaches_every_function(published: PublishedStack) -> None:
    published.publish(SITE, LATER_CODE)
    assert set(published.running()) == {LATER_CODE.sha256}


def test_functions_that_run_the_code_already_are_left_alone(published: PublishedStack) -> None:
    published.publish(LATER, CODE)
    assert "UpdateFunctionCode" not in published.calls.made


def test_code_is_named_as_lambda_names_it(published: PublishedStack) -> None:
    functions = published.cloud.functions
    functions.client.update_function_code(FunctionName=functions.names[0], ZipFile=LATER_CODE.body)
    assert functions.running(functions.names[0]) == LATER_CODE.sha256


def test_the_bucket_keeps_code_by_its_hash() -> None:
    assert FunctionCode.of(b"words").key == f"releases/code/{sha256(b'words').hexdigest()}.zip"


def test_a_function_is_updated_to_code_of_the_bucket_and_no_other_is(published: PublishedStack) -> None:
    published.cloud.bucket.put_code(LATER_CODE.key, LATER_CODE.body)
    published.cloud.functions.update(published.cloud.functions.names[1], LATER_CODE)
    assert published.running() == [CODE.sha256, LATER_CODE.sha256, CODE.sha256]
