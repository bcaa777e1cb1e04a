"""The only place with SQL. Never pokes: who stores does not tell."""
