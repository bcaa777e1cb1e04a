"""Members, their tablets and sessions. Kept narrow: the next state of the product replaces the worker's sign-in."""
