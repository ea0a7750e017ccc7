"""Every doctrine attacked from SQL, by a login that has no right to break it."""
