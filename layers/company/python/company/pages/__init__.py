"""Pages that show the company as it is now: who answers for what, and did everything fire."""
