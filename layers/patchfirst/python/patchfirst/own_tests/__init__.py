"""The product's own tests: they go with its layer, and a change of it is proved with all of them."""
