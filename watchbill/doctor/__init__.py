"""For `watchbill doctor`: checks of the local setup and the company, and a real test of each alarm."""
