"""Tests of CloudFront in the scenario: the bucket behind it, and its secrets."""

from __future__ import annotations

import boto3
import pytest
from werkzeug import Response

from infra.e2e import edge
from infra.e2e.edge import CloudFrontEdge

ADDRESS = "https://www.lakeside.example"


class SecretlessEdge(CloudFrontEdge):
    """A distribution without secrets; moto is not asked for it."""

    @property
    def _secrets(self) -> dict[str, str]:
        return {}


@pytest.fixture
def distribution(aws: None) -> CloudFrontEdge:
    """Return a distribution with one page in its bucket."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="pages")
    s3.put_object(Bucket="pages", Key="site/sleep/index.html", Body=b"Sleep", ContentType="text/html")
    return SecretlessEdge({"SiteAddress": ADDRESS, "SiteBucket": "pages"})


def test_a_folder_is_its_index(distribution: CloudFrontEdge) -> None:
    assert distribution.fetch(f"{ADDRESS}/sleep/") == b"Sleep"


def test_a_page_that_is_not_there_is_a_failure_of_the_network(distribution: CloudFrontEdge) -> None:
    with pytest.raises(OSError, match="/mood/ is answered with 403"):
        distribution.fetch(f"{ADDRESS}/mood/")


@pytest.mark.parametrize(("path", "is_there"), [("/sleep/", True), ("/mood/", False)])
def test_a_page_is_there_or_not(distribution: CloudFrontEdge, path: str, is_there: bool) -> None:
    assert distribution.has(path) is is_there


def test_an_old_address_leads_where_the_bucket_s_metadata_says(distribution: CloudFrontEdge) -> None:
    boto3.client("s3").put_object(Bucket="pages", Key="site/rest/index.html", Metadata={"moved-to": "/sleep/"})
    assert (distribution.moved_to("/rest/"), distribution.moved_to("/sleep/")) == ("/sleep/", "")


@pytest.mark.usefixtures("aws")
def test_a_reference_is_replaced_by_its_secret() -> None:
    made = boto3.client("secretsmanager").create_secret(Name="signing", SecretString="words")
    assert edge.resolved(f"{edge.RESOLVE}{made['ARN']}}}}}") == "words"


def test_any_other_value_stays() -> None:
    assert edge.resolved("leads") == "leads"


def test_a_json_response_is_read() -> None:
    assert edge.as_json(Response('{"reference": "A"}')) == {"reference": "A"}
