"""Responses: redirects, JSON and pages."""

from __future__ import annotations

from leads.web import response

from tests.support.factories import SAMPLE


def test_a_redirect_says_where_help_is() -> None:
    body = response.see_other(SAMPLE, "/thank-you/").body

    assert "988" in body
    assert "911" in body


def test_a_redirect_leads_on_without_a_script() -> None:
    redirect = response.see_other(SAMPLE, "/thank-you/")

    assert (redirect.status, redirect.headers["location"]) == (303, "/thank-you/")


def test_an_address_cannot_break_out_of_a_redirect() -> None:
    assert "<script>" not in response.see_other(SAMPLE, '/"><script>').body


def test_an_answer_for_a_script_says_where_help_is() -> None:
    body = response.json_response(SAMPLE, 201, {"reference": "x"}).body

    assert "988" in body
    assert "911" in body


def test_an_answer_for_a_script_is_readable_in_any_script() -> None:
    assert "李小龍" in response.json_response(SAMPLE, 200, {"message": "李小龍"}).body
