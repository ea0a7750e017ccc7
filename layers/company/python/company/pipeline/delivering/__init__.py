"""What customers get of it: pages, files, dashboards and signed links, and what is corrected or cannot be written."""
