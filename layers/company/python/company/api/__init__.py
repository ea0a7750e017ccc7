"""An address for customers' programs: keys, limits and errors are the company's, what is answered is the product's."""

from company.api.serving import respond
from company.api.site import ApiSite
from company.api.strangers import Strangers

__all__ = ["ApiSite", "Strangers", "respond"]
