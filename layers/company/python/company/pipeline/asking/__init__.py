"""How a source is asked, and what came of it is kept: routes, requests, redirects, the stored bytes, its troubles."""
