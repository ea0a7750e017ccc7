"""A week in which processes, the database server and the whole desk are killed, beside a week without."""
