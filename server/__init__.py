"""The sync server: decodes, authorises, applies, stores, pokes."""
