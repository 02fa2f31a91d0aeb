"""The administrators' site: people and service numbers to edit, and stored records to read."""

from django.contrib import admin

from transfers.admin import people, records, service_numbers

__all__ = ["people", "records", "service_numbers"]

admin.site.site_header = admin.site.site_title = admin.site.index_title = "Transferdesk"
