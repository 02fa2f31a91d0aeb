"""The way of a file into the directory: uploaded, read step by step, compared, shown, and then written or thrown away.

Each step is short, so that one request can do it and no worker is kept from the transfers. Until it is applied an
import belongs to whoever uploaded it, and nobody else sees it.
"""

import hashlib
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from transfers.destination_policy import cached_rules, rules_fingerprint
from transfers.directory.files.matching import Draft
from transfers.directory.files.planning import RESULTS, make_plan, result_of
from transfers.directory.files.readings import Reading, read_row
from transfers.directory.files.tables import read_table
from transfers.directory.snapshot import read_snapshot
from transfers.models import DirectoryEntry, DirectoryImport, DirectoryImportPart, User

LASTS = timedelta(days=1)
ROWS_PER_PART = 200
STEP_SECONDS = 0.4
"""After how long a step ends: soon enough to show that it goes on, and not to hold up the others of its process."""

FEW_ROWS = 1000
"""So many are compared in less time than that."""


class ImportGone(Exception):
    """There is no such import of this person: applied, discarded, or too old."""


def begin_import(*, by: User, content: bytes) -> DirectoryImport:
    """Keep what a file holds, in place of an earlier one of this person. Raises `FileUnreadable`."""
    table = read_table(content)
    forget_imports(DirectoryImport.objects.filter(uploaded_by=by).values_list("pk", flat=True))
    forget_old_imports()
    with transaction.atomic():
        found = DirectoryImport.objects.create(
            uploaded_by=by,
            uploaded_at=timezone.now(),
            file_sha256=hashlib.sha256(content).hexdigest(),
            columns=table.columns,
            ignored=table.ignored,
            row_count=len(table.rows),
        )
        rows = iter(table.rows)
        parts = iter(lambda: list(islice(rows, ROWS_PER_PART)), [])
        DirectoryImportPart.objects.bulk_create(
            [DirectoryImportPart(directory_import=found, position=i, rows=part) for i, part in enumerate(parts)],
            batch_size=20,
        )
    return found


def find_import(*, by: User, import_id: int) -> DirectoryImport:
    """Return an import of this person. Raises `ImportGone`."""
    wanted = DirectoryImport.objects.filter(uploaded_by=by, uploaded_at__gt=timezone.now() - LASTS)
    found = wanted.filter(pk=import_id).first() if import_id < 2**63 else None
    if found is None:
        raise ImportGone
    return found


def open_import(*, by: User) -> DirectoryImport | None:
    """Return the import that this person has neither applied nor discarded, if there is one."""
    fresh = DirectoryImport.objects.filter(uploaded_by=by, uploaded_at__gt=timezone.now() - LASTS)
    return fresh.order_by("-pk").first()


def take_step(*, by: User, import_id: int) -> DirectoryImport:
    """Read further rows for a moment, at least a part; when all are read, compare them. Raises `ImportGone`.

    Comparing many rows takes a second or two, and is a step of its own: who looks on is told of it before it begins.
    """
    found = find_import(by=by, import_id=import_id)
    were_all_read, end = found.checked_count == found.row_count, time.monotonic() + STEP_SECONDS
    while found.checked_count < found.row_count:
        _read_part(found)
        found.refresh_from_db()
        if time.monotonic() >= end:
            return found
    if found.planned_at is None and (were_all_read or found.row_count <= FEW_ROWS):
        keep_plan(found, make_plan(readings_of(found), read_snapshot(DirectoryEntry.objects.shared())))
    return found


def compare_anew(*, by: User, import_id: int) -> None:
    """Let the preview be made anew, for the directory is not as it was."""
    DirectoryImport.objects.filter(pk=import_id, uploaded_by=by).update(planned_at=None)


def check_anew(*, by: User, import_id: int) -> None:
    """Let all rows be read anew, for they are not judged as they were."""
    DirectoryImport.objects.filter(pk=import_id, uploaded_by=by).update(planned_at=None, checked_count=0)


def discard_import(*, by: User, import_id: int) -> None:
    """Throw an import away. Raises `ImportGone`."""
    forget_imports([find_import(by=by, import_id=import_id).pk])


def forget_old_imports() -> None:
    """Delete what nobody applied or discarded for a day."""
    old = DirectoryImport.objects.filter(uploaded_at__lte=timezone.now() - LASTS)
    forget_imports(old.values_list("pk", flat=True))


def forget_imports(ids: Iterable[int]) -> None:
    """Delete imports with all their rows, part by part: each deletion is short."""
    for import_id in list(ids):
        for pk in list(DirectoryImportPart.objects.filter(directory_import=import_id).values_list("pk", flat=True)):
            DirectoryImportPart.objects.filter(pk=pk).delete()
        DirectoryImport.objects.filter(pk=import_id).delete()


def _read_part(found: DirectoryImport) -> None:
    """Read the next rows, unless another request did so meanwhile."""
    part = found.parts.filter(position=found.checked_count // ROWS_PER_PART).first()
    if part is None:
        raise ImportGone
    mark = rules_fingerprint()  # before the rules themselves: of a change in between, the mark is the old one
    with cached_rules():
        part.readings = [read_row(number, cells, found.columns) | {"rules": mark} for number, cells in part.rows]
    with transaction.atomic():
        claimed = DirectoryImport.objects.filter(pk=found.pk, checked_count=found.checked_count)
        if claimed.update(checked_count=found.checked_count + len(part.rows)):
            part.save(update_fields=["readings"])


def readings_of(found: DirectoryImport) -> Iterator[Reading]:
    """Yield what all rows want, in their order."""
    for readings in found.parts.order_by("position").values_list("readings", flat=True):
        yield from readings


def keep_plan(found: DirectoryImport, drafts: list[Draft]) -> None:
    """Keep what would become of each row, and only then say that the plan is there."""
    results = [result_of(draft) for draft in drafts]
    for position, start in enumerate(range(0, len(results), ROWS_PER_PART)):
        found.parts.filter(position=position).update(results=results[start : start + ROWS_PER_PART])
    found.counts = {**dict.fromkeys(RESULTS, 0), **Counter(result["result"] for result in results)}
    found.planned_at = timezone.now()
    found.save(update_fields=["counts", "planned_at"])
