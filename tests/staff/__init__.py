"""Each employee once by a model: its core job, through its own tools and nothing else, on a prepared brain."""
