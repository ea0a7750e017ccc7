"""A company on the owner's desk: its parts opened and closed together, and AWS's own services around it."""
