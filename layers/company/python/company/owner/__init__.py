"""What the company says to its owner and asks of her: alerts, pings, questions, answers and approvals."""
