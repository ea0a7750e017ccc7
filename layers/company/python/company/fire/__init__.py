"""One fire: what it works with, how it opens, works and closes, and what a warm container keeps."""
