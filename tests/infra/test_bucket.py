"""Tests of the bucket's records and of its files' versions."""

from __future__ import annotations

from tests.support.cdn import (
    PublishedStack,
)


def test_a_record_whose_response_was_lost_is_recognized_as_our_own(published: PublishedStack) -> None:
    bucket = published.cloud.bucket
    live, mark = bucket.live()
    written = live.model_copy(update={"release": live.release.model_copy(update={"previous": "x"})})
    bucket.set_live(written, mark)
    assert bucket.set_live(written, mark) == bucket.live()[1]  # sent again, as botocore does
