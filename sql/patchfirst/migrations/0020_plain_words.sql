-- Why: what a study says is its title, and what happened is asked by that word. Doctrine makes these anew.

DROP FUNCTION IF EXISTS patchfirst.study_rising_vendors(timestamptz), patchfirst.study_score_misses(timestamptz),
  patchfirst.study_marginal_sources(timestamptz), patchfirst.came_true_until(timestamptz);
