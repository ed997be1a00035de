"""Tests of the template: the site's private bucket, and CloudFront as the only way to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from infra import cloudfront, template
from tests.support import stack

BUCKET = stack.properties("SiteBucket")
POLICY = {each["Sid"]: each for each in stack.properties("SiteBucketPolicy")["PolicyDocument"]["Statement"]}
SITE = stack.properties("Distribution")["DistributionConfig"]
ORIGINS = {origin["Id"]: origin for origin in SITE["Origins"]}
BEHAVIORS = {
    "default": SITE["DefaultCacheBehavior"],
    **{behavior["PathPattern"]: behavior for behavior in SITE["CacheBehaviors"]},
}
TO_FUNCTIONS = ["/api/*", "/staff/*"]
READ = {each.pattern: each for each in cloudfront.behaviors(template.load())}

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""AWS's managed policy of this name: docs.aws.amazon.com, CloudFront's guide, "Use managed cache policies"."""


# --- The bucket ---


@pytest.mark.parametrize("way", ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"])
def test_no_way_leads_to_a_public_bucket(way: str) -> None:
    assert BUCKET["PublicAccessBlockConfiguration"][way] is True


def test_nothing_in_the_bucket_belongs_to_anybody_else() -> None:
    assert BUCKET["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_what_is_overwritten_can_be_had_back() -> None:
    assert BUCKET["VersioningConfiguration"] == {"Status": "Enabled"}


def test_old_versions_go_after_three_months_and_new_ones_never() -> None:
    (rule,) = BUCKET["LifecycleConfiguration"]["Rules"]

    assert rule["Status"] == "Enabled"
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert "ExpirationInDays" not in rule


def test_the_bucket_is_encrypted() -> None:
    (rule,) = BUCKET["BucketEncryption"]["ServerSideEncryptionConfiguration"]

    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_only_cloudfront_reads_the_bucket_and_only_the_site() -> None:
    allowed = [statement for statement in POLICY.values() if statement["Effect"] == "Allow"]

    assert allowed == [
        {
            "Sid": "CloudFrontReadsTheSite",
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": {"Fn::Sub": "${SiteBucket.Arn}/site/*"},
            "Condition": {
                "StringEquals": {
                    "AWS:SourceArn": {
                        "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
                    }
                }
            },
        }
    ]


@pytest.mark.parametrize(
    ("statement", "condition"),
    [
        ("OverTlsOnly", {"Bool": {"aws:SecureTransport": "false"}}),
        ("OverNewTlsOnly", {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    ],
)
def test_the_bucket_denies_requests_without_tls(statement: str, condition: Mapping[str, Any]) -> None:
    assert POLICY[statement]["Effect"] == "Deny"
    assert POLICY[statement]["Principal"] == "*"
    assert POLICY[statement]["Action"] == "s3:*"
    assert POLICY[statement]["Condition"] == condition
    assert POLICY[statement]["Resource"] == [{"Fn::GetAtt": ["SiteBucket", "Arn"]}, {"Fn::Sub": "${SiteBucket.Arn}/*"}]


# --- CloudFront ---


def test_pages_come_from_the_folder_of_the_site_and_requests_are_signed() -> None:
    access = stack.properties("SiteAccess")["OriginAccessControlConfig"]

    assert ORIGINS["site"]["OriginPath"] == "/site"
    assert ORIGINS["site"]["OriginAccessControlId"] == {"Fn::GetAtt": ["SiteAccess", "Id"]}
    assert (access["SigningBehavior"], access["SigningProtocol"]) == ("always", "sigv4")


def test_http_2_and_3_are_spoken() -> None:
    assert SITE["HttpVersion"] == "http2and3"


def test_a_domain_takes_tls_1_2_and_up_only() -> None:
    condition, with_domain, _ = SITE["ViewerCertificate"]["Fn::If"]

    assert (condition, with_domain["MinimumProtocolVersion"]) == ("HasDomain", "TLSv1.2_2021")


@pytest.mark.parametrize("path", BEHAVIORS)
def test_nothing_is_answered_in_the_clear(path: str) -> None:
    assert BEHAVIORS[path]["ViewerProtocolPolicy"] == ("https-only" if path in TO_FUNCTIONS else "redirect-to-https")


def test_functions_are_asked_over_tls_1_2_only() -> None:
    origin = ORIGINS["functions"]["CustomOriginConfig"]

    assert origin["OriginProtocolPolicy"] == "https-only"
    assert origin["OriginSSLProtocols"] == ["TLSv1.2"]


def test_cloudfront_sends_the_origin_secret_to_the_functions() -> None:
    assert ORIGINS["functions"]["OriginCustomHeaders"] == [
        {"HeaderName": "x-origin-secret", "HeaderValue": {"Fn::Sub": "{{resolve:secretsmanager:${OriginSecret}}}"}}
    ]


@pytest.mark.parametrize("path", TO_FUNCTIONS)
def test_no_answer_of_a_function_is_kept(path: str) -> None:
    assert BEHAVIORS[path]["TargetOriginId"] == "functions"
    assert BEHAVIORS[path]["CachePolicyId"] == CACHING_DISABLED


@pytest.mark.parametrize("path", TO_FUNCTIONS)
def test_functions_get_the_headers_that_they_read_and_nothing_else(path: str) -> None:
    read = {"accept", "cloudfront-viewer-address", "content-type", "origin", "sec-fetch-site"}

    assert READ[path].headers == read
    assert READ[path].cookies | READ[path].query_strings == set()


@pytest.mark.parametrize("path", ["*", "/assets/*"])
def test_files_are_read_never_written_compressed_and_kept_whatever_the_query(path: str) -> None:
    assert (READ[path].origin, sorted(READ[path].methods)) == ("site", ["GET", "HEAD"])
    assert READ[path].encodings == ("br", "gzip")
    assert READ[path].headers | READ[path].cookies | READ[path].query_strings == set()


def test_pages_go_through_the_function_that_knows_their_address() -> None:
    associations = {
        each["EventType"]: ".".join(each["FunctionARN"]["Fn::GetAtt"])
        for each in BEHAVIORS["default"]["FunctionAssociations"]
    }

    function = "Address.FunctionMetadata.FunctionARN"
    assert associations == {"viewer-request": function, "viewer-response": function}


def test_what_is_not_there_is_the_sites_own_404_page_and_a_failure_says_what_to_do() -> None:
    sorry = {status: ("/sorry.html", status) for status in (500, 502, 504)}

    assert cloudfront.error_pages(template.load()) == {403: ("/404.html", 404), **sorry}


def test_no_status_that_a_function_answers_is_replaced() -> None:
    description = yaml.safe_load((template.PATH.with_name("openapi.yaml")).read_text(encoding="utf-8"))
    operations = [
        operation for path in description["paths"].values() for operation in path.values() if "responses" in operation
    ]
    statuses = {int(status) for operation in operations for status in operation["responses"]}

    assert statuses & cloudfront.error_pages(template.load()).keys() == set()


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_failure_is_never_kept(code: int) -> None:
    (minutes,) = (each["ErrorCachingMinTTL"] for each in SITE["CustomErrorResponses"] if each["ErrorCode"] == code)

    assert minutes == 0


def test_no_log_of_who_read_what_is_kept() -> None:
    assert "Logging" not in SITE
    assert "LoggingConfiguration" not in BUCKET


# --- Headers ---


HEADERS = {pattern: behavior.response_headers for pattern, behavior in READ.items()}
PAGES = {name: header.value for name, header in HEADERS["*"].items()}
ASSETS = {name: header.value for name, header in HEADERS["/assets/*"].items()}

FETCHED = {"child", "connect", "font", "frame", "img", "manifest", "media", "object", "script", "worker"}
"""All kinds of things that a page may ask for (Content Security Policy Level 3, section 6.1), but styles."""


def directives(policy: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (directive.split() for directive in policy.split(";"))}


def test_the_policy_speaks_of_everything_but_styles() -> None:
    found = directives(PAGES["Content-Security-Policy"])
    assert {name.removesuffix("-src") for name in found if name.endswith("-src")} == FETCHED


def test_the_policy_allows_nothing_inline_or_foreign() -> None:
    found = directives(PAGES["Content-Security-Policy"])
    assert {each for sources in found.values() for each in sources} == {"'none'", "'self'"}


@pytest.mark.parametrize("name", ["base-uri", "frame-ancestors", "object-src"])
def test_no_page_may_be_rebased_framed_or_embed_a_plugin(name: str) -> None:
    assert directives(PAGES["Content-Security-Policy"])[name] == ["'none'"]


def test_no_page_tells_another_site_that_a_reader_came_from_here() -> None:
    assert PAGES["Referrer-Policy"] == "no-referrer"


def test_pages_and_functions_have_the_same_headers() -> None:
    assert HEADERS["*"] == HEADERS["/api/*"] == HEADERS["/staff/*"]


def test_files_with_a_hash_are_kept_a_year_and_pages_are_asked_for_again() -> None:
    assert (PAGES["Cache-Control"], ASSETS["Cache-Control"]) == ("no-cache", "public, max-age=31536000, immutable")


def test_a_network_may_show_our_picture_but_not_our_page() -> None:
    policy = "Cross-Origin-Resource-Policy"
    assert (PAGES[policy], ASSETS[policy]) == ("same-origin", "cross-origin")


def test_assets_have_every_other_header_of_a_page() -> None:
    assert {name for name, value in PAGES.items() if ASSETS[name] != value} == {
        "Cache-Control",
        "Cross-Origin-Resource-Policy",
    }


def test_only_how_long_to_keep_it_is_an_answers_own_to_say() -> None:
    kept = {name for headers in HEADERS.values() for name, header in headers.items() if not header.overrides}
    assert kept == {"Cache-Control"}


# --- The firewall ---


def test_there_is_a_firewall_only_where_one_is_asked_for() -> None:
    assert stack.transformed()["Resources"]["Firewall"]["Condition"] == "HasWaf"
    assert SITE["WebACLId"]["Fn::If"][0] == "HasWaf"


def test_the_firewall_slows_down_single_addresses_and_says_where_help_is() -> None:
    firewall = stack.properties("Firewall")
    (rule,) = firewall["Rules"]
    answer = rule["Action"]["Block"]["CustomResponse"]

    assert rule["Statement"]["RateBasedStatement"]["Limit"] == {"Ref": "WafRateLimit"}
    assert answer["ResponseCode"] == 429
    assert "988" in firewall["CustomResponseBodies"][answer["CustomResponseBodyKey"]]["Content"]
