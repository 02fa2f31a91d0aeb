"""The public names of the package: exactly these, and independent of Django."""

import subprocess
import sys

import pytest

from transfers import tenios


def test_public_names_are_these() -> None:
    assert tenios.__all__ == [
        "WIRE_TYPES",
        "AgentState",
        "AgentStateAnswer",
        "CallEvent",
        "CallEventKind",
        "CallRecord",
        "CallRecords",
        "InvalidCallEvent",
        "KeyCheck",
        "KeyVerdict",
        "ReadProblem",
        "SipUser",
        "SipUsers",
        "SipUsersUnavailable",
        "TeniosClient",
        "TeniosUnavailable",
        "TransferAnswer",
        "UnknownDestinationType",
        "Verdict",
        "from_wire",
        "parse_call_event",
        "to_wire",
    ]
    assert all(hasattr(tenios, name) for name in tenios.__all__)


def test_package_needs_no_django() -> None:
    program = "import sys, transfers.tenios; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"

    result = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603

    assert result.returncode == 0


@pytest.mark.parametrize(
    ("ours", "wire"),
    [("external_number", "EXTERNALNUMBER"), ("sip_user", "SIP_USER"), ("sip_trunk", "SIP_TRUNK")],
)
def test_each_destination_type_has_one_name_at_tenios(ours: str, wire: str) -> None:
    assert tenios.to_wire(ours) == wire
    assert tenios.from_wire(wire) == ours
    assert tenios.WIRE_TYPES[ours] == wire


@pytest.mark.parametrize("word", ["", "EXTERNAL", "externalnumber", "sip_user "])
def test_error_names_the_unknown_type(word: str) -> None:
    with pytest.raises(tenios.UnknownDestinationType, match=repr(word)):
        tenios.from_wire(word)
    with pytest.raises(ValueError, match=repr(word)):
        tenios.to_wire(word)


def test_values_of_verdicts_and_kinds_are_fixed() -> None:
    assert [verdict.value for verdict in tenios.Verdict] == ["accepted", "rejected", "not_sent", "unknown"]
    assert [kind.name for kind in tenios.CallEventKind] == [
        "CALL_STARTED",
        "BLOCK_ENDED",
        "FORWARD_STARTED",
        "FORWARD_ANSWERED",
        "CALL_ENDED",
        "OTHER",
    ]
