"""Where TENIOS posts its call events."""
