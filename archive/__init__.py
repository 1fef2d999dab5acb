"""History: search, cold storage, retention, restore and erasure."""
