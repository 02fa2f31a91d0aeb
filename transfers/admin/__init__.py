"""The administrators' site: people and directory to edit, calls, transfers and audit entries to look at."""

from django.contrib import admin

from transfers.admin import directory, people, records

__all__ = ["directory", "people", "records"]

admin.site.site_header = admin.site.site_title = admin.site.index_title = "Transferdesk"
