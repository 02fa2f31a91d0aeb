"""What people type in, read and checked: one form per file."""
