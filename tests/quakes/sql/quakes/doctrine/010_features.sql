-- Why: what the score is made of, each part from 0 to 1.
CREATE OR REPLACE VIEW quakes.features AS SELECT id AS entity, ARRAY[magnitude / 10]::real[] AS parts FROM quakes.quakes;
GRANT SELECT ON quakes.features TO @staff@;
