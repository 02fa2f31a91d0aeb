"""The live board: the page, its list and rows, the person's own call card, and the event stream."""
