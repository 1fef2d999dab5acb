"""The three things other apps may react to, sent after commit and outside the writer's thread.

Receivers only queue tasks. Every signal passes one keyword, `event`.
"""

from django.dispatch import Signal

# event: chat.events.MessageStored
message_posted = Signal()

# event: chat.events.ConversationChanged, the first row of an episode is stored
conversation_opened = Signal()

# event: chat.events.ConversationChanged, nobody owes an answer any more
conversation_closed = Signal()
