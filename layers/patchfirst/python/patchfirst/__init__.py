"""PatchFirst, the product: which vulnerabilities to patch first, and why. The company that sells it is `company`."""
