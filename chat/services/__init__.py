"""What the core can do: one function per change, one transaction each."""
