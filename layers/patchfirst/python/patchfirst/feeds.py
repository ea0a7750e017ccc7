"""All the feeds of the product, and the names under which people know them."""

from patchfirst.sources.advisories import GHSA, OSV
from patchfirst.sources.cves import CVES
from patchfirst.sources.epss import EPSS
from patchfirst.sources.exploitdb import EXPLOITDB
from patchfirst.sources.kev import KEV
from patchfirst.sources.metasploit import METASPLOIT
from patchfirst.sources.nuclei import NUCLEI
from patchfirst.sources.nvd import NVD
from patchfirst.sources.vulncheck import VULNCHECK

# The day plants its stale feed in the last source, whose age customers would notice first.
SOURCES = (CVES, NVD, GHSA, OSV, EXPLOITDB, METASPLOIT, NUCLEI, VULNCHECK, KEV, EPSS)
TITLES = {source.name: source.title for source in SOURCES}
