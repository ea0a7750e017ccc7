"""The owner's command line, and the cloud on the owner's desk; nothing in here is ever deployed."""
