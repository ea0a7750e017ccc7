"""A customer's page: what it says, and how it says it as text and as HTML."""
