"""The topics of PatchFirst's posts, and of letters that it only drafts. Every figure in them is a cited fact."""

from datetime import timedelta

from company.vertical import Topic

NAMED = {"vendor": ("kev", "vendor"), "product": ("kev", "product")}
SOURCES = "Sources: CISA's list of known exploited vulnerabilities, and EPSS by FIRST. The score is ours."

TOPICS = (
    Topic(
        name="added_lately",
        kind="post",
        query="topic_added_lately",
        key="cve",
        cites={**NAMED, "date_added": ("kev", "date_added"), "score": ("scores", "score")},
        title="Newly known to be exploited: {cve} in {vendor} {product}",
        opening="The latest entries of the known exploited list, {rows} in all, in the order in which to patch them.",
        sentence="{cve} in {vendor} {product}: on the list since {date_added}, score {score}.",
        closing=SOURCES,
    ),
    Topic(
        name="due_soon",
        kind="post",
        query="topic_due_soon",
        key="cve",
        cites={**NAMED, "due_date": ("kev", "due_date"), "score": ("scores", "score")},
        title="Due next: {cve} in {vendor} {product}",
        opening="The next due dates on the known exploited list, nearest first; {rows} of them.",
        sentence="{cve} in {vendor} {product} is due on {due_date}; score {score}.",
        closing=SOURCES,
    ),
    Topic(
        name="letter_to_users",
        kind="outreach",
        query="topic_letter",
        key="cve",
        cites={**NAMED, "score": ("scores", "score")},
        title="If you run {vendor}",
        opening="Dear reader, if you run {vendor}, these come first today.",
        sentence="{cve} in {product}: score {score}.",
        closing="We can send you such a list each morning, for what you run and nothing else.",
        every=timedelta(days=7),
    ),
)
