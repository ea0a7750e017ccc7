"""Who works here, changed by its owner: hiring and retiring are edits of the checkout, in force with the next deploy."""
