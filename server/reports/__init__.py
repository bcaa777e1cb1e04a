"""What leaves the server as a whole, for people to read elsewhere: the export of an event."""
