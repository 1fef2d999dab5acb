"""The people at work: dashboard, presence, queue and assignment."""
