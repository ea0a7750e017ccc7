"""The owner's web pages: a room with one module per page, its templates, and one style sheet.

Nothing is imported here: the API reads its requests by one module of this room, and needs none of the pages.
"""
