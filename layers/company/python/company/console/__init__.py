"""The owner's web pages: what waits, the brief, the company, the slots; and one question behind each mailed link.

Nothing is imported here: the API reads its requests by one module of this room, and needs none of the pages.
"""
