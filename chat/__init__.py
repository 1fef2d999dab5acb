"""The core: sites, visitors, conversations, messages, and the sockets that carry them."""
