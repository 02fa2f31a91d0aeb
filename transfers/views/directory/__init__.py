"""The directory's pages: entries, files, SIP users and number rules."""
