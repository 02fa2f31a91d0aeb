"""The life of a transfer, from the request over the one send to its outcome; `states` has the table of transitions."""
