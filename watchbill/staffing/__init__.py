"""Who works here, changed by the owner: hiring and retiring edit the checkout, in force with the next deploy."""
