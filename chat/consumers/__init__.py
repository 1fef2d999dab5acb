"""Sockets: they parse a frame, call one service, and answer; they hold ids and no rows."""
