"""The three-way merge of a SIP user, field by field."""

import pytest

from transfers.directory.sip_users.comparison import Facts, Kind, compare, merge_base

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
    ("remote", "base", "local", "kind", "follows", "kept"),
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
        # gone: only `is_there` is compared
        (GONE, ANNA, ANNA, Kind.GONE, ["is_there"], []),
        (GONE, ANNA, HAND, Kind.GONE, ["is_there"], []),
        (GONE, ANNA, OFF, Kind.SAME, [], []),
        (GONE, GONE, OFF, Kind.SAME, [], []),
        (GONE, GONE, ANNA, Kind.KEPT, [], ["is_there"]),
        # back again: only if TENIOS had removed it
        (ANNA, GONE, OFF, Kind.CHANGED, ["is_there"], []),
        (ANNA, GONE, ANNA, Kind.SAME, [], []),
        (ANNE, GONE, HAND_OFF, Kind.CHANGED, ["is_there"], ["name"]),
        # no base: what the directory has counts as edited by hand
        (ANNE, None, ANNA, Kind.KEPT, [], ["name"]),
        (ANNA, None, ANNA, Kind.SAME, [], []),
    ],
)
def test_only_fields_that_nobody_edited_follow_tenios(
    remote: Facts, base: Facts | None, local: Facts | None, kind: Kind, follows: list[str], kept: list[str]
) -> None:
    finding = compare(remote=remote, base=base, local=local)

    assert finding.kind == kind
    assert [each.field for each in finding.follows] == follows
    assert [each.field for each in finding.kept] == kept


@pytest.mark.parametrize(
    ("remote", "base", "local", "merged"),
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
def test_fields_in_which_both_sides_agree_go_into_the_base(
    remote: Facts, base: Facts | None, local: Facts | None, merged: Facts | None
) -> None:
    assert merge_base(remote=remote, base=base, local=local) == merged
