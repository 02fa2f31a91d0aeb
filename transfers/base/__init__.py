"""What every room may use and what knows nothing of calls: database, Redis queue, leases, phone numbers, CSV cells."""
