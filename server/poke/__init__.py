"""Says "ask again" to whoever listens now; nothing else travels here."""
