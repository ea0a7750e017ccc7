-- name: restore_logins
-- Puts back what logins changed of themselves; whose, what, who watches that role, and why it could not be put back.
SELECT role, what, detail, watcher, problem FROM company.restore_logins()
