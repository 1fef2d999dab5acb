"""What the people at work can do; one module a subject."""
