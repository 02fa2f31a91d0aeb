"""The history of transfers: reading, searching, paging and exporting what was requested before."""
