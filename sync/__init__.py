"""The engine: how edits become records, and who may see them. Pure: no clock, no chance, no I/O, no logging."""
