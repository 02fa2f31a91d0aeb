"""Requesting a transfer: one judgement of what a person asks for, and its record in the same transaction."""

from collections.abc import Mapping
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F

from transfers.destination_policy import CheckedDestination, DestinationRefused, check_destination
from transfers.lifecycle import limits, transferable
from transfers.lifecycle.gate import GateState, read_gate
from transfers.lifecycle.refusals import (
    DestinationNotInDirectory,
    RequestRefused,
    RightLost,
    SendingClosed,
    TransferAlreadyOpen,
)
from transfers.lifecycle.request_record import Agreement, TransferRequest, record_request
from transfers.models import Approval, Destination, DestinationType, Transfer, User


def request_transfer(
    *,
    user: User,
    call_uuid: str,
    destination_type: str,
    address: str,
    note: str,
    request_key: UUID,
    destination_id: int | None = None,
) -> Transfer:
    """Commit one transfer with its audit entry; a worker sends it when the grace is over.

    The parameters are those of `TransferRequest`. The same `request_key` again returns the same transfer. Raises
    `CallNotFound`, `DestinationRefused` for what the policy does not allow, or a `RequestRefused`: `CallNotConnected`,
    `TransferAlreadyOpen`, `SendingClosed`, `DestinationNotInDirectory`, `TooManyTransfers`.
    """
    return _request(
        TransferRequest(
            user=user,
            call_uuid=call_uuid,
            destination_type=destination_type,
            address=address,
            note=note,
            request_key=request_key,
            destination_id=destination_id,
        )
    )


def request_agreed_transfer(approval: Approval, *, agreed_by: User) -> Transfer:
    """Request for its agent what a supervisor has agreed to. Region, type and limits do not count, all else does.

    Raises what `request_transfer` raises, and `RightLost` when the agent may not transfer calls any more.
    """
    if not approval.agent.has_perm("transfers.request_transfer"):
        raise RightLost
    return _request(
        TransferRequest(
            user=approval.agent,
            call_uuid=approval.call.call_uuid,
            destination_type=approval.destination_type,
            address=approval.destination,
            note=approval.note,
            # Not the form's own key: the form that asked may have made another transfer since.
            request_key=uuid5(approval.request_key, "agreed"),
            agreement=Agreement(approval, agreed_by),
        )
    )


def _request(request: TransferRequest) -> Transfer:
    """Commit the transfer, or return the one that the same form has made before.

    The form is looked up only after a refusal. If its first click has made a transfer, something always refuses the
    second click: the open transfer, whatever changed since, or the unique constraint of `request_key`.
    """
    try:
        return _request_once(request)
    except (RequestRefused, DestinationRefused, IntegrityError):
        transfer = _transfer_of_same_form(request)
        if transfer is None:
            raise
        return transfer


def _request_once(request: TransferRequest) -> Transfer:
    # Policy, directory and gate are read before the transaction, because that locks the call (on SQLite everything).
    # What changes after this is found by the worker, which checks policy and gate once more before it sends.
    destination = check_destination(
        destination_type=request.destination_type, address=request.address, is_agreed=request.agreement is not None
    )
    names = _directory_names(request.user, destination)
    gate = read_gate()
    with transaction.atomic():
        call = transferable.lock_call(user=request.user, call_uuid=request.call_uuid)
        transferable.require_free(call, request.user)
        _require_open(gate)
        _require_in_directory(names, request.destination_id)
        transfer = record_request(request, call, destination, name=next(iter(names.values()), ""))
        # After the audit entry: its lock lets requests pass one by one, so that no two take the last place.
        if request.agreement is None and transfer.destination_type == DestinationType.EXTERNAL_NUMBER:
            limits.require_within_limits(agent_id=request.user.pk)
    transfer.refresh_from_db()
    return transfer


def _transfer_of_same_form(request: TransferRequest) -> Transfer | None:
    """Return what the form has made before. Raises `TransferAlreadyOpen` if that is a transfer of another call."""
    transfer = Transfer.objects.filter(agent=request.user, request_key=request.request_key).first()
    if transfer is None:
        return None
    call = transferable.transferable_call(user=request.user, call_uuid=request.call_uuid)
    if transfer.call_id != call.pk:
        raise TransferAlreadyOpen(transfer)
    return transfer


def _directory_names(user: User, destination: CheckedDestination) -> dict[int, str]:
    """Return the directory's entries with this address that the person may use, id to name, personal ones first."""
    usable = Destination.objects.usable_by(user)
    same = usable.filter(destination_type=destination.destination_type, address=destination.address)
    return {each.pk: each.name for each in same.order_by(F("owner").asc(nulls_last=True))}


def _require_in_directory(names: Mapping[int, str], destination_id: int | None) -> None:
    if destination_id is not None and destination_id not in names:
        raise DestinationNotInDirectory


def _require_open(gate: GateState) -> None:
    if not gate.is_open:
        raise SendingClosed(gate)
