"""The calls: TENIOS' posts are taken in, stored and applied; the board reads what is live and whose it is."""
