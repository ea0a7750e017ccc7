// Text is only ever set as text: nothing that a source wrote is read as markup here.
const data = JSON.parse(document.getElementById("data").textContent);
const lines = new Map(data.lines.map((line) => [line.cve, line]));
const KEY = `patchfirst:${data.customer.id}`;
const MOVED = 5;
const PAGE = 25;
const DAY = 86400000;
const tables = {};
document.documentElement.classList.add("js");

const element = (tag, className, ...children) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
};
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const dayText = (when) => new Date(when).toLocaleDateString("en-GB",
  { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const momentText = (when) => new Date(when).toLocaleString("en-GB",
  { weekday: "short", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
    timeZone: "UTC" }) + " UTC";
// Less than certain is at most 99%.
const percent = (value) =>
  `${(value < 1 ? Math.min(value * 100, 99) : 100).toFixed(value > 0 && value < 0.0995 ? 1 : 0)}%`;
const counted = (number, noun) => `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;

// --- what changed since the last visit -----------------------------------------------------------------------------
function edition() {
  return { as_of: data.as_of,
    entries: Object.fromEntries(data.lines.map((line) => [line.cve, [line.question, line.number]])) };
}

const asEdition = (kept) =>
  kept && typeof kept.as_of === "string" && kept.entries && typeof kept.entries === "object" ? kept : null;

function parsed(text) {
  try {
    return JSON.parse(text) || {};
  } catch (error) {
    return {};
  }
}

// What this browser opened before: how it is known, and that edition. Storage may be refused, full, or hold what is
// none of ours.
function lastVisit() {
  try {
    const kept = parsed(localStorage.getItem(KEY));
    const current = asEdition(kept.current);
    if (current && current.as_of > data.as_of) return { how: "older", before: data.before };
    const isOpenedAgain = current && current.as_of === data.as_of;
    const previous = isOpenedAgain ? asEdition(kept.previous) : current;
    if (!isOpenedAgain) localStorage.setItem(KEY, JSON.stringify({ current: edition(), previous }));
    return previous ? { how: "visit", before: previous } : { how: "first", before: data.before };
  } catch (error) {
    return { how: "refused", before: data.before };
  }
}

function change(line, before) {
  const was = before[line.cve];
  if (!was) return line.question === "now" ? "new: known to be exploited" : "new on this list";
  if (was[0] !== line.question) return line.question === "now" ? "now known to be exploited" : "left CISA's list";
  const moved = line.number === null || was[1] === null ? 0 : line.number - was[1];
  return Math.abs(moved) < MOVED ? null : `${moved > 0 ? "up" : "down"} from ${was[1]} to ${line.number}`;
}

const visit = lastVisit();
const changes = new Map();
if (visit.before) {
  for (const line of data.lines) {
    const what = change(line, visit.before.entries);
    if (what) changes.set(line.cve, what);
  }
}

function visitText() {
  const edition = visit.before ? `the edition of ${momentText(visit.before.as_of)}` : "";
  if (!visit.before && visit.how === "older") return "You have already opened a newer edition here.";
  if (!visit.before) return "This is the first edition: there is nothing to compare it with.";
  const gone = Object.keys(visit.before.entries).filter((cve) => !lines.has(cve)).length;
  const found = [changes.size ? `${counted(changes.size, "CVE")} changed` : "nothing changed",
    gone ? `${counted(gone, "CVE")} left your lists` : ""].filter(Boolean).join(", ");
  const basis = {
    visit: `Compared with ${edition}, which you opened before`,
    first: `You open this page here for the first time. Compared with ${edition}`,
    older: `You have already opened a newer edition here. Compared with ${edition}`,
    refused: `This browser keeps nothing for this page, so your last visit is not known. Compared with ${edition}`,
  }[visit.how];
  return `${basis}: ${found}.`;
}

function showVisit() {
  document.getElementById("visit-says").textContent = visitText();
  const first = [...changes].slice(0, 12);
  const list = document.getElementById("visit-changes");
  for (const [cve, what] of first) {
    const button = element("button", "link", cve);
    button.type = "button";
    button.addEventListener("click", () => goTo(cve));
    list.append(element("li", "", button, ` ${what}`));
  }
  if (changes.size > first.length) list.append(element("li", "", `and ${changes.size - first.length} more, marked below`));
  if (!first.length) list.remove();
  document.getElementById("visit").hidden = false;
}

function goTo(cve) {
  const table = tables[lines.get(cve).question];
  table.search(cve).draw();
  const button = table.row(`[data-cve="${CSS.escape(cve)}"]`).node().querySelector(".open");
  if (button.getAttribute("aria-expanded") === "false") toggle(button);
  button.focus();
}
