"""The doors for browsers and for TENIOS: check the right, read the form, make one call, render."""
