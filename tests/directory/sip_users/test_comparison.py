"""TENIOS, what was followed, and what the directory holds: who wins, field by field."""

import pytest

from transfers.directory.sip_users.comparison import Facts, Kind, agree, compare

ANNA = Facts(name="Anna", label="12")
GONE = Facts(name="Anna", label="12", is_there=False)
OFF = Facts(name="Anna", label="12", is_there=False)
ANNE = Facts(name="Anne", label="12")
HAND = Facts(name="Anna (Wien)", label="12")
NEW_LABEL = Facts(name="Anna", label="13")
BOTH_NEW = Facts(name="Anne", label="13")
HAND_AND_OLD_LABEL = HAND
HAND_OFF = Facts(name="Anna (Wien)", label="12", is_there=False)


@pytest.mark.parametrize(
    ("told", "followed", "held", "kind", "follows", "kept"),
    [
        (ANNA, None, None, Kind.NEW, [], []),
        (ANNA, ANNA, None, Kind.LEFT_OUT, [], []),
        (GONE, None, None, Kind.SAME, [], []),
        (GONE, ANNA, None, Kind.SAME, [], []),
        (ANNA, ANNA, ANNA, Kind.SAME, [], []),
        (ANNE, ANNA, ANNA, Kind.CHANGED, ["name"], []),
        (NEW_LABEL, ANNA, ANNA, Kind.CHANGED, ["label"], []),
        (BOTH_NEW, ANNA, ANNA, Kind.CHANGED, ["name", "label"], []),
        # edited by hand: kept, whatever TENIOS says
        (ANNA, ANNA, HAND, Kind.KEPT, [], ["name"]),
        (ANNE, ANNA, HAND, Kind.KEPT, [], ["name"]),
        (BOTH_NEW, ANNA, HAND_AND_OLD_LABEL, Kind.CHANGED, ["label"], ["name"]),
        (ANNA, ANNA, OFF, Kind.KEPT, [], ["is_there"]),
        # gone: only whether it may be used is at stake
        (GONE, ANNA, ANNA, Kind.GONE, ["is_there"], []),
        (GONE, ANNA, HAND, Kind.GONE, ["is_there"], []),
        (GONE, ANNA, OFF, Kind.SAME, [], []),
        (GONE, GONE, OFF, Kind.SAME, [], []),
        (GONE, GONE, ANNA, Kind.KEPT, [], ["is_there"]),
        # back again: only if it was TENIOS that took it away
        (ANNA, GONE, OFF, Kind.CHANGED, ["is_there"], []),
        (ANNA, GONE, ANNA, Kind.SAME, [], []),
        (ANNE, GONE, HAND_OFF, Kind.CHANGED, ["is_there"], ["name"]),
        # never followed: what the directory held before counts as somebody's own words
        (ANNE, None, ANNA, Kind.KEPT, [], ["name"]),
        (ANNA, None, ANNA, Kind.SAME, [], []),
    ],
)
def test_only_what_nobody_edited_follows(
    told: Facts, followed: Facts | None, held: Facts | None, kind: Kind, follows: list[str], kept: list[str]
) -> None:
    finding = compare(told=told, followed=followed, held=held)

    assert finding.kind == kind
    assert [each.field for each in finding.follows] == follows
    assert [each.field for each in finding.kept] == kept


@pytest.mark.parametrize(
    ("told", "followed", "held", "agreed"),
    [
        (ANNA, None, None, None),
        (ANNA, ANNA, None, ANNA),
        (ANNE, None, ANNA, ANNE),
        (ANNE, ANNA, ANNA, ANNA),
        (ANNE, ANNA, ANNE, ANNE),
        (BOTH_NEW, ANNA, ANNE, ANNE),
        (ANNA, GONE, ANNA, ANNA),
        (GONE, ANNA, OFF, GONE),
    ],
)
def test_what_both_sides_say_counts_as_followed(
    told: Facts, followed: Facts | None, held: Facts | None, agreed: Facts | None
) -> None:
    assert agree(told=told, followed=followed, held=held) == agreed
