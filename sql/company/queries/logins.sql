-- name: restore_logins
-- Puts back what logins changed of themselves; whose, what, and who watches that role.
SELECT role, what, detail, watcher FROM company.restore_logins()
