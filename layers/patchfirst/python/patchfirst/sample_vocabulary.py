"""Invented names for the sample: no vendor, product or customer in it exists."""

from company.vertical import Customer

VENDORS = {
    "Harbourgate": ("VPN Concentrator", "Remote Access Portal", "Edge Firewall"),
    "Lumen Imaging": ("Imaging Server", "Study Archive", "Viewer"),
    "Brackenhull": ("Mail Relay", "Groupware"),
    "Fenmarrow": ("Content Manager", "Form Builder"),
    "Osterlume": ("Hypervisor", "Cluster Console", "Backup Agent"),
    "Kestrelworth": ("Ticket Desk", "Asset Register"),
    "Quillstone": ("Document Server", "Signing Service"),
    "Tidewrack": ("Router OS", "Branch Gateway"),
    "Tidewreck": ("Branch Gateway",),
    "Vellmora": ("Web Server", "Application Server"),
    "Northspindle": ("Print Spooler", "Label Printer"),
    "Halcyard": ("Identity Provider", "Directory Sync"),
    "Pemberline": ("File Transfer", "Managed Share"),
    "Saltmeadow": ("Phone System", "Video Bridge"),
    "Corvidane": ("Build Server", "Package Registry"),
    "Umbershaw": ("Mobile Kernel", "Tablet Firmware"),
    "Wickering": ("Browser Engine", "Script Runtime"),
    "Yarrowfold": ("Storage Array", "Snapshot Manager"),
}
OTHER_SPELLINGS = {
    "Harbourgate": ("Harbourgate, Inc.", "HARBOURGATE"),
    "Osterlume": ("Osterlume GmbH",),
    "Halcyard": ("Halcyard Corp.",),
}
"""Spellings that a rule can settle. Tidewrack and Tidewreck it cannot: somebody has to decide."""

WEAKNESSES = {
    "Command Injection": ("CWE-78", "lets a remote sender run commands of the operating system"),
    "Path Traversal": ("CWE-22", "lets a visitor read files outside the folder that is shared"),
    "Authentication Bypass": ("CWE-287", "lets anybody act as an administrator without signing in"),
    "Use-After-Free": ("CWE-416", "lets a prepared page take over the process that shows it"),
    "Deserialization": ("CWE-502", "builds objects from what a stranger sends, and so runs their code"),
    "SQL Injection": ("CWE-89", "lets a form field reach the database as a statement"),
    "Out-of-Bounds Write": ("CWE-787", "writes past a buffer when a length field lies"),
    "Privilege Escalation": ("CWE-269", "lets an ordinary account become the system's own"),
}
CUSTOMERS = (
    Customer(
        name="Alder Bank",
        email="security@alder-bank.invalid",
        kind="brief",
        filters={"vendors": ["Harbourgate", "Osterlume", "Halcyard", "Vellmora"], "min_score": 0},
    ),
    Customer(
        name="Northferry Logistics",
        email="feeds@northferry.invalid",
        kind="feed",
        filters={"min_score": 60},
    ),
)
