"""Tests of what stays of the functions' libraries."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from infra.package import libraries


def test_a_service_model_keeps_all_but_its_documentation() -> None:
    model = {"documentation": "<p>Long.</p>", "shapes": {"documentation": {"type": "string", "documentation": "Long."}}}
    assert libraries.without_documentation(model) == {"shapes": {"documentation": {"type": "string"}}}


def test_the_list_of_addresses_keeps_every_partition_and_our_two_services() -> None:
    everywhere: dict[str, object] = {"dynamodb": {"endpoints": {"x": {}}}, "email": {}, "s3": {}}
    endpoints = {"version": 3, "partitions": [{"partition": "aws", "services": everywhere}]}
    kept = [{"partition": "aws", "services": {"dynamodb": {"endpoints": {"x": {}}}, "email": {}}}]
    assert libraries.without_other_services(endpoints) == {"version": 3, "partitions": kept}


def test_what_is_never_read_is_removed_with_its_empty_folders(tmp_path: Path) -> None:
    unused = ("bin/jp.py", "botocore-1.44.dist-info/RECORD", "botocore/data/s3/2006-03-01/service-2.json.gz")
    used = ("botocore/session.py", "botocore/data/_retry.json", "phonenumbers/data/region_US.py")
    for name in (*unused, *used):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"{}")
    libraries._trim(tmp_path)
    kept = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert kept == set(used)
    assert not (tmp_path / "botocore" / "data" / "s3").exists()


def test_a_model_is_unpacked_for_the_start_of_a_function(tmp_path: Path) -> None:
    packed = tmp_path / "botocore/data/dynamodb/2012-08-10/service-2.json.gz"
    packed.parent.mkdir(parents=True)
    packed.write_bytes(gzip.compress(b'{"documentation": "Long.", "version": "2.0"}'))
    libraries._trim(tmp_path)
    assert [path.name for path in packed.parent.iterdir()] == ["service-2.json"]
    assert packed.with_suffix("").read_text(encoding="utf-8") == '{"version":"2.0"}'


@pytest.mark.parametrize(
    ("folder", "ignored"),
    [
        ("/task/tzdata", {"zones"}),
        ("/task/tzdata/zoneinfo", {"Europe", "UTC"}),
        ("/task/tzdata/zoneinfo/America", {"New_York"}),
        ("/task/tzdata/zoneinfo/__pycache__", set()),
        ("/task/botocore", set()),
    ],
)
def test_of_the_time_zones_one_stays(folder: str, ignored: set[str]) -> None:
    names = ["zones", "Europe", "UTC", "America", "Chicago", "New_York", "zoneinfo", "__init__.py"]
    here = {"/task/tzdata": names[:1] + names[6:], "/task/tzdata/zoneinfo": ["Europe", "UTC", "America", "__init__.py"]}
    found = here.get(folder, ["Chicago", "New_York", "__init__.py"])
    assert libraries.other_time_zones("America/Chicago")(folder, found) == ignored
