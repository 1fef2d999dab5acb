"""The pages of the people at work; one module a subject."""
