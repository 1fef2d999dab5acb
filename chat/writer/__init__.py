"""The writer: the one thread per process that stores messages, many in one commit."""

from chat.writer.drafts import Draft, Move, Receipt, Target, Verb
from chat.writer.thread import Writer, writer

__all__ = ["Draft", "Move", "Receipt", "Target", "Verb", "Writer", "writer"]
