"""The style of every page: one short style sheet, light and dark; the pages are readable without it."""

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: 72rem; margin: 1.5rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.2rem; margin: 0; }
h2 { font-size: .95rem; margin: 1.4rem 0 .3rem; letter-spacing: .03em; }
p, ul { margin: .2rem 0; }
.aside, th, footer, .tree dt { color: #57606a; }
.banner { background: #fff3cd; padding: .4rem .7rem; font-weight: 600; }
.verdict { font-size: 1.05rem; margin: .6rem 0; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0 0 0 1.2rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .15rem .8rem .15rem 0; text-align: left; font-weight: 400; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td.strip, th.strip { font-family: ui-monospace, monospace; letter-spacing: .1em; white-space: pre; }
tr.loud td { font-weight: 600; }
nav { margin-bottom: 1rem; }
nav a { margin-right: .8rem; }
nav form { display: inline; }
button { font: inherit; padding: .2rem .8rem; }
textarea { font: inherit; width: 100%; max-width: 40rem; box-sizing: border-box; }
footer { margin-top: 1.5rem; }
.tree, .tree ul { list-style: none; padding-left: 1.2rem; border-left: 1px solid #d0d7de; }
.tree dl, .tree dt, .tree dd { display: inline; margin: 0; font-weight: 400; }
.tree dd { margin: 0 .8rem 0 .3rem; }
@media (prefers-color-scheme: dark) {
  body { background: #0d1117; color: #e6edf3; }
  .banner { background: #4d3800; }
  .aside, th, footer, .tree dt { color: #9da7b1; }
}
"""


def opening(title: str) -> str:
    """The head of a page; title is escaped already."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    )
