"""The servers that the product is compared with; none is part of the product.

- `views` with `settings`: plain Django views that write the same rows on the same database.
- `event_stream`: a bare ASGI event stream.
- `stamped`: wraps an application, the product's as well, to add to each answer when its request came in.
"""

RECEIVED_AT = "x-received-at"
"""The header that `stamped` adds: when the request came in, in monotonic seconds."""
