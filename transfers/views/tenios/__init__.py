"""The address to which TENIOS posts its call events."""
