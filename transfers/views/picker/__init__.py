"""The transfer panel of one call: find a destination, read it back, request the transfer."""
