"""Pages and endpoints of the core."""
