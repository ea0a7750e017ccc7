"""What the company reports to its owner and asks her: alerts and pings; questions, answers and approvals."""
