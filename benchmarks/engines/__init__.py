"""Which carrier of work regains its rate: two task engines and leases on own rows, through kills and restarts."""
