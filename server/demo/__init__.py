"""The demo organisation and its days: what really happens at an event, played through the real protocol."""
