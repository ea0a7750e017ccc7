"""What holds for every input, where there are too many of them to write down."""
