"""AWS as functions use it: clients and secrets, the bucket of pages, mail by SES, requests of a function URL."""
