"""Tests of the bucket's records and of its files' versions."""

from __future__ import annotations

import pytest

from infra.publish.bucket import OvertakenError
from infra.publish.release import Live
from tests.support.cdn import (
    PublishedStack,
)


def test_a_record_whose_response_was_lost_is_recognized_as_our_own(published: PublishedStack) -> None:
    bucket = published.cloud.bucket
    live, mark = bucket.live()
    written = live.model_copy(update={"release": live.release.model_copy(update={"previous": "x"})})
    bucket.set_live(written, mark)
    assert bucket.set_live(written, mark) == bucket.live()[1]  # sent again, as botocore does


def test_a_record_that_another_process_has_changed_is_not_replaced(published: PublishedStack) -> None:
    bucket = published.cloud.bucket
    live, mark = bucket.live()
    bucket.set_live(live.model_copy(update={"release": live.release.model_copy(update={"previous": "theirs"})}), mark)
    with pytest.raises(OvertakenError):
        bucket.set_live(live.model_copy(update={"release": live.release.model_copy(update={"previous": "x"})}), mark)
    assert bucket.live()[0].release.previous == "theirs"


def test_a_first_record_is_written_only_where_there_is_none(published: PublishedStack) -> None:
    with pytest.raises(OvertakenError):
        published.cloud.bucket.set_live(Live(), "")


def test_before_the_first_publish_nothing_is_live(stack: PublishedStack) -> None:
    assert stack.cloud.bucket.live() == (Live(), "")


def test_a_release_is_found_by_its_name_and_no_other_is(published: PublishedStack) -> None:
    bucket = published.cloud.bucket
    release = bucket.live()[0].release
    assert (bucket.release(release.id), bucket.release("another")) == (release, None)


def test_a_version_is_there_until_it_is_deleted(published: PublishedStack) -> None:
    bucket = published.cloud.bucket
    version = bucket.live()[0].release.files["feed.xml"].version
    bucket.remove("feed.xml")
    assert bucket.has("feed.xml", version)
    bucket.client.delete_object(Bucket=bucket.name, Key="site/feed.xml", VersionId=version)
    assert not bucket.has("feed.xml", version)


def test_a_removed_file_is_restored_with_its_headers(published: PublishedStack) -> None:
    bucket = published.cloud.bucket
    version = bucket.live()[0].release.files["feed.xml"].version
    bucket.remove("feed.xml")
    assert bucket.restore("feed.xml", version) != version
    assert published.object("feed.xml")["ContentType"] == "application/atom+xml; charset=utf-8"


def test_a_text_is_found_by_its_hash(stack: PublishedStack) -> None:
    stack.cloud.bucket.put_text("0a1b", b"Title: Sleep")
    assert stack.cloud.bucket.text("0a1b") == b"Title: Sleep"
