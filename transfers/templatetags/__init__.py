"""The tags and filters of the templates. `transferdesk` has those that all templates use."""
