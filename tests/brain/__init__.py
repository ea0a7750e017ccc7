"""Every doctrine attacked from SQL, as the login that would be tempted."""
