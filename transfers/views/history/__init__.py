"""The pages of the history: the list of transfers and one transfer."""
