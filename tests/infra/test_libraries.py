"""Tests of what stays of the functions' libraries."""

from __future__ import annotations

from infra.package import libraries


def test_a_service_model_keeps_all_but_its_documentation() -> None:
    model = {"documentation": "<p>Long.</p>", "shapes": {"documentation": {"type": "string", "documentation": "Long."}}}
    assert libraries.without_documentation(model) == {"shapes": {"documentation": {"type": "string"}}}


def test_the_list_of_addresses_keeps_every_partition_and_our_two_services() -> None:
    everywhere: dict[str, object] = {"dynamodb": {"endpoints": {"x": {}}}, "email": {}, "s3": {}}
    endpoints = {"version": 3, "partitions": [{"partition": "aws", "services": everywhere}]}
    kept = [{"partition": "aws", "services": {"dynamodb": {"endpoints": {"x": {}}}, "email": {}}}]
    assert libraries.without_other_services(endpoints) == {"version": 3, "partitions": kept}
