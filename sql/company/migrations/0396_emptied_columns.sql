-- Why: whether the details of an edition could be read is judged with how many rows fill each column, which check_frame
-- counts as it counts the rows. The function with one argument has no caller any more.
DROP FUNCTION IF EXISTS company.check_details(company.batches);
