"""Sockets in one process: who listens to what, heartbeats, and (next) the socket engine."""
