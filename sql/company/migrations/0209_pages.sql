-- Why: a customer's page is HTML too, and its file has the lists beside the changes; both are kept as they were sent.

ALTER TABLE company.deliveries ADD COLUMN html text, ADD COLUMN further jsonb;
COMMENT ON COLUMN company.deliveries.html IS 'the page for a mail reader that shows HTML; null where there is none';
COMMENT ON COLUMN company.deliveries.further IS
  'what the file of a feed has beside the changes; null from before there was a table';

DROP FUNCTION IF EXISTS company.write_delivery(
  bigint, text, timestamptz, timestamptz, text, text, text, jsonb, text, bigint, text
);
