"""The frame that every product's data goes through: fetch, stage, check, promote, link, score, deliver.

Each function takes the fire and gives the outcome; the machines in functions/ are a line around one of them.
"""

from company.pipeline.checks import check_batches
from company.pipeline.deliveries import deliver, nothing_to_deliver
from company.pipeline.links import link, nothing_to_link
from company.pipeline.promotion import nothing_to_check, nothing_to_promote, promote_batches
from company.pipeline.scoring import nothing_to_score, score
from company.pipeline.scraping import nothing_to_ask, scrape

__all__ = [
    "check_batches",
    "deliver",
    "link",
    "nothing_to_ask",
    "nothing_to_check",
    "nothing_to_deliver",
    "nothing_to_link",
    "nothing_to_promote",
    "nothing_to_score",
    "promote_batches",
    "scrape",
    "score",
]
