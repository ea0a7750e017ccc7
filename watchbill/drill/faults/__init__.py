"""The faults of the drill, one room for each kind of thing that breaks."""
