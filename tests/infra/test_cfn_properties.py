"""Tests of the template's properties as the services' own APIs want them."""

from __future__ import annotations

import pytest

from infra.e2e import cfn_properties


def test_cloudfronts_lists_have_their_length_beside_them() -> None:
    config = {"Origins": [{"Id": "site", "DomainName": "x"}]}
    made = cfn_properties.request("cloudfront", "CreateDistribution", {"DistributionConfig": config})
    origins = made["DistributionConfig"]["Origins"]
    assert origins == {"Quantity": 1, "Items": [{"Id": "site", "DomainName": "x"}]}


def test_other_letters_are_the_same_name() -> None:
    viewer = {"ViewerCertificate": {"SslSupportMethod": "sni-only"}}
    made = cfn_properties.request("cloudfront", "CreateDistribution", {"DistributionConfig": viewer})
    assert made["DistributionConfig"]["ViewerCertificate"] == {"SSLSupportMethod": "sni-only"}


@pytest.mark.parametrize(("written", "meant"), [("true", True), ("false", False), (True, True)])
def test_a_boolean_may_be_text(written: object, meant: bool) -> None:
    made = cfn_properties.request("cloudfront", "CreateDistribution", {"DistributionConfig": {"Enabled": written}})
    assert made["DistributionConfig"]["Enabled"] is meant


def test_what_the_service_does_not_know_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        cfn_properties.request("sns", "Subscribe", {"TopicArm": "arn"})
