"""The picker of one call: the panel and its list, the request of a transfer, a question to supervisors, favourites."""
