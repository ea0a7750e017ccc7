"""PatchFirst: which vulnerabilities to patch first, and why. The product; the company that sells it is `company`."""
