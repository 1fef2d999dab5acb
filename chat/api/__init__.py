"""The REST API, version 1: one module a resource; each view calls one service."""
