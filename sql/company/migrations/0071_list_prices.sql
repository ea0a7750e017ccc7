-- Why: a call is priced by the list of its day. Seen 2026-11-25 on stored pages of platform.claude.com/docs/en/about-claude/pricing and its
-- model pages; a cache write (5 minutes) is 1.25 x input. From 2026-10-07: stored copies checked against that page on 2026-10-24.

INSERT INTO company.model_prices (model, kind, valid_from, above_prompt, usd, source)
SELECT p.model, k.kind, p.valid_from, p.above_prompt, k.usd,
  CASE p.valid_from WHEN date '2026-10-07' THEN 'public price lists, checked 2026-10-24' ELSE 'platform.claude.com pricing, seen 2026-11-25' END
FROM (VALUES
  ('claude-haiku-5-5', date '2026-10-07', 0, 0.10, 0.50, 0.01),
  ('claude-haiku-5-5', date '2026-10-07', 100000, 0.50, 2.50, 0.05),
  ('claude-sonnet-5-5', date '2026-09-28', 0, 2.00, 10.00, 0.20),
  ('claude-sonnet-5-5', date '2026-10-07', 0, 2.00, 10.00, 0.10),
  ('claude-opus-5-5', date '2026-09-22', 0, 4.00, 20.00, 0.20),
  ('claude-fable-5-1', date '2026-11-25', 0, 10.00, 50.00, 0.25),
  ('claude-opus-5', date '2026-07-24', 0, 5.00, 25.00, 0.50),
  ('claude-sonnet-5', date '2026-11-25', 0, 2.00, 10.00, 0.20),
  ('claude-opus-4-8', date '2026-11-25', 0, 5.00, 25.00, 0.50),
  ('claude-opus-4-7', date '2026-11-25', 0, 5.00, 25.00, 0.50),
  ('claude-opus-4-6', date '2026-11-25', 0, 5.00, 25.00, 0.50),
  ('claude-opus-4-5', date '2026-11-25', 0, 5.00, 25.00, 0.50),
  ('claude-opus-4-1', date '2026-11-25', 0, 15.00, 75.00, 1.50),
  ('claude-sonnet-4-6', date '2026-11-25', 0, 3.00, 15.00, 0.30),
  ('claude-sonnet-4-5', date '2026-11-25', 0, 3.00, 15.00, 0.30),
  ('claude-haiku-4-5', date '2026-11-25', 0, 1.00, 5.00, 0.10)
) AS p (model, valid_from, above_prompt, input, output, cache_read),
LATERAL (VALUES ('input', p.input), ('output', p.output), ('cache_write', p.input * 1.25), ('cache_read', p.cache_read)) AS k (kind, usd);
