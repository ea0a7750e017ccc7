"""The one account and region of the desk's cloud."""

REGION = "us-east-1"
ACCOUNT = "123456789012"
