"""The steps of an import before it is applied: upload, read the rows, compare them with the directory, preview.

Each step is short, so that a web request can do it and no worker is needed. Until it is applied, an import is visible
only to the person who uploaded it.
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
"""When a step ends: soon enough to show progress, and not to delay other requests of the process."""

FEW_ROWS = 1000
"""So many rows can be compared in the time of one step."""


class ImportGone(Exception):
    """This person has no such import: it was applied or discarded, or is too old."""


def begin_import(*, by: User, content: bytes) -> DirectoryImport:
    """Store the rows of a file, and delete an earlier import of this person. Raises `FileUnreadable`."""
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
    found = wanted.filter(pk=import_id).first()
    if found is None:
        raise ImportGone
    return found


def open_import(*, by: User) -> DirectoryImport | None:
    """Return the import of this person that is neither applied nor discarded, if there is one."""
    fresh = DirectoryImport.objects.filter(uploaded_by=by, uploaded_at__gt=timezone.now() - LASTS)
    return fresh.order_by("-pk").first()


def take_step(*, by: User, import_id: int) -> DirectoryImport:
    """Read more rows, at least one part; when all are read, compare them. Raises `ImportGone`.

    Comparing many rows takes a second or two. It is a step of its own, so that the page can announce it first.
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
    """Make the next step compare again, because the directory has changed."""
    DirectoryImport.objects.filter(pk=import_id, uploaded_by=by).update(planned_at=None)


def check_anew(*, by: User, import_id: int) -> None:
    """Make the next steps read all rows again, because the number rules have changed."""
    DirectoryImport.objects.filter(pk=import_id, uploaded_by=by).update(planned_at=None, checked_count=0)


def discard_import(*, by: User, import_id: int) -> None:
    """Delete an import. Raises `ImportGone`."""
    forget_imports([find_import(by=by, import_id=import_id).pk])


def forget_old_imports() -> None:
    """Delete imports that are older than a day."""
    old = DirectoryImport.objects.filter(uploaded_at__lte=timezone.now() - LASTS)
    forget_imports(old.values_list("pk", flat=True))


def forget_imports(ids: Iterable[int]) -> None:
    """Delete imports with all their rows, part by part, so that each deletion is short."""
    for import_id in list(ids):
        for pk in list(DirectoryImportPart.objects.filter(directory_import=import_id).values_list("pk", flat=True)):
            DirectoryImportPart.objects.filter(pk=pk).delete()
        DirectoryImport.objects.filter(pk=import_id).delete()


def _read_part(found: DirectoryImport) -> None:
    """Read the next rows, unless another request has just done so."""
    part = found.parts.filter(position=found.checked_count // ROWS_PER_PART).first()
    if part is None:
        raise ImportGone
    mark = rules_fingerprint()  # read before the rules: if they change in between, the old mark shows it
    with cached_rules():
        part.readings = [read_row(number, cells, found.columns) | {"rules": mark} for number, cells in part.rows]
    with transaction.atomic():
        claimed = DirectoryImport.objects.filter(pk=found.pk, checked_count=found.checked_count)
        if claimed.update(checked_count=found.checked_count + len(part.rows)):
            part.save(update_fields=["readings"])


def readings_of(found: DirectoryImport) -> Iterator[Reading]:
    """Yield the readings of all rows, in order."""
    for readings in found.parts.order_by("position").values_list("readings", flat=True):
        yield from readings


def keep_plan(found: DirectoryImport, drafts: list[Draft]) -> None:
    """Store the result of each row, and set `planned_at` last: it says that the results are complete."""
    results = [result_of(draft) for draft in drafts]
    for position, start in enumerate(range(0, len(results), ROWS_PER_PART)):
        found.parts.filter(position=position).update(results=results[start : start + ROWS_PER_PART])
    found.counts = {**dict.fromkeys(RESULTS, 0), **Counter(result["result"] for result in results)}
    found.planned_at = timezone.now()
    found.save(update_fields=["counts", "planned_at"])
