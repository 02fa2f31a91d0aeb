"""The pages of a preview: one kind of result, or all of them with the bad ones first."""

from dataclasses import dataclass

from transfers.directory.files.planning import BAD, CHANGED, NEW, RESULTS, UNCHANGED, Result
from transfers.models import DirectoryImport

PAGE = 50
ORDER = {BAD: 0, CHANGED: 1, NEW: 2, UNCHANGED: 3}


@dataclass(frozen=True)
class Preview:
    """One page of results of the kind `only` ("" for all); `page` counts from 1."""

    rows: list[Result]
    only: str
    page: int
    pages: int


def read_preview(found: DirectoryImport, *, only: str, page: int) -> Preview:
    """Return a page of results. A page number that is too high gives the last page."""
    only = only if only in RESULTS else ""
    results = [each for each in _results(found) if not only or each["result"] == only]
    results.sort(key=lambda each: ORDER[each["result"]])
    pages = max(1, -(-len(results) // PAGE))
    page = max(1, min(page, pages))
    return Preview(rows=results[(page - 1) * PAGE : page * PAGE], only=only, page=page, pages=pages)


def bad_rows(found: DirectoryImport) -> list[Result]:
    """Return all rows that cannot be imported."""
    return [each for each in _results(found) if each["result"] == BAD]


def _results(found: DirectoryImport) -> list[Result]:
    return [each for part in found.parts.order_by("position").values_list("results", flat=True) for each in part]
