"""A company on the owner's desk: its parts opened and closed together, and what AWS would do around it."""
