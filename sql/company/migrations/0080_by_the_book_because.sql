-- Why: the owner reads who worked by the book although a model was there, and why.

ALTER TABLE company.sessions ADD COLUMN by_book_because text;
