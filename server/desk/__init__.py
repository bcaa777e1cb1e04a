"""What the desk asks from the server because it is too large for a tablet or must not leave: history, parked, contacts."""
