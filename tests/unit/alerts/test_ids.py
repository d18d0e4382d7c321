"""Ids sort by the time they were made."""

from __future__ import annotations

import uuid

from alerts.ids import new_id


def test_ids_are_unique_sort_by_time_and_have_no_dot() -> None:
    ids = [new_id("msg") for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    # Within one tick of the finer clock (a quarter of a microsecond) order is by chance; here they are further apart.
    assert [one[:20] for one in ids] == sorted(one[:20] for one in ids)
    assert not any("." in one for one in ids)


def test_it_is_a_uuid_of_version_7() -> None:
    number = uuid.UUID(new_id("alrt").removeprefix("alrt_"))
    assert (number.version, number.variant) == (7, uuid.RFC_4122)
