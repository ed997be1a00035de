"""Tests of the template as plain CloudFormation."""

from __future__ import annotations

import pytest

from infra.e2e import sam


@pytest.mark.usefixtures("account")
def test_nothing_of_sams_own_is_left() -> None:
    made = sam.transformed()
    assert [facts["Type"] for facts in made["Resources"].values() if "Serverless" in facts["Type"]] == []
    assert "Transform" not in made


@pytest.mark.usefixtures("account")
def test_each_function_has_a_role() -> None:
    kinds = [facts["Type"] for facts in sam.transformed()["Resources"].values()]
    assert kinds.count("AWS::Lambda::Function") == 3
    assert kinds.count("AWS::IAM::Role") >= 3
