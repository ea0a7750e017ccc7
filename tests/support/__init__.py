"""What several tests need: brains, calls as any role, a fire with a test's own work."""
