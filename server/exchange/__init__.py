"""Stations 4 to 9 of the road of one edit: HTTP, decode, authorise, apply, store, poke."""
