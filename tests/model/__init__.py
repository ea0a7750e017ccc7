"""Sessions with a model: the real SDK over real sockets, against a local server that speaks the Messages API."""
