"""The history of transfers, and the page of one transfer."""
