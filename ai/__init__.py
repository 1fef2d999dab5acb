"""The bot: language, intents, takeover prediction, knowledge and dialogue."""
