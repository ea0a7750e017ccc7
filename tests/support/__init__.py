"""What several tests need: brains, people to act as, a fire that a test can write."""
