(() => {
"use strict";
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
const percent = (value) => `${(value * 100).toFixed(value > 0 && value < 0.0995 ? 1 : 0)}%`;
const counted = (number, noun) => `${number.toLocaleString("en-GB")} ${noun}${number === 1 ? "" : "s"}`;

// --- what changed since the last visit -----------------------------------------------------------------------------
function edition() {
  return { as_of: data.as_of,
    entries: Object.fromEntries(data.lines.map((line) => [line.cve, [line.question, line.number]])) };
}

// What this browser opened before: {says, before}. Storage may be refused, full, or hold what is none of ours.
function lastVisit() {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(KEY) || "null");
    const isNew = !kept || !kept.current || kept.current.as_of < data.as_of;
    if (kept && kept.current && kept.current.as_of > data.as_of) return { how: "older", before: data.before };
    if (isNew) {
      kept = { current: edition(), previous: kept && kept.current ? kept.current : null };
      localStorage.setItem(KEY, JSON.stringify(kept));
    }
  } catch (error) {
    return { how: "refused", before: data.before };
  }
  return kept.previous ? { how: "visit", before: kept.previous } : { how: "first", before: data.before };
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

// --- the two lists -------------------------------------------------------------------------------------------------
function badges(node) {
  for (const row of node.tBodies[0].rows) {
    const what = changes.get(row.dataset.cve);
    if (what) row.cells[0].append(element("span", "badge", what));
  }
}

function onlyChanged(node) {
  const box = element("input");
  box.type = "checkbox";
  box.addEventListener("change", () => tables[node.id].draw());
  DataTable.ext.search.push((settings, cells, index) => settings.nTable !== node || !box.checked
    || changes.has(settings.aoData[index].nTr.dataset.cve));
  return element("label", "only", box, "only what changed");
}

function makeTable(node) {
  badges(node);
  const options = {
    autoWidth: false,
    order: [],
    paging: node.tBodies[0].rows.length > PAGE,
    pageLength: PAGE,
    lengthMenu: [25, 100, 500],
    layout: { topStart: "search", topEnd: changes.size ? () => onlyChanged(node) : null, bottomStart: "info",
      bottomEnd: ["pageLength", "paging"] },
    language: { search: "Filter", info: "_START_ to _END_ of _TOTAL_", infoEmpty: "0 of 0",
      infoFiltered: "(out of _MAX_)", zeroRecords: "No CVE of this list matches the filter.",
      lengthMenu: "_MENU_ on a page", thousands: "," },
    columnDefs: [{ targets: "_all", type: "string" }, { targets: -1, type: "num" }],
  };
  if (node.id === "next") options.columnDefs.push({ targets: -2, type: "num" });
  options.columnDefs.reverse();
  const nameNav = () => document.querySelectorAll(`#${node.id}_wrapper nav`).forEach((nav) =>
    nav.setAttribute("aria-label", `Pages of ${document.getElementById(`${node.id}-title`).textContent}`));
  tables[node.id] = new DataTable(node, { ...options, drawCallback: nameNav });
  node.addEventListener("click", (event) => {
    const button = event.target.closest(".open");
    if (button) toggle(button);
  });
}

function toggle(button) {
  const node = button.closest("tr");
  const row = tables[node.closest("table").id].row(node);
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  node.classList.toggle("is-open", !isOpen);
  if (isOpen) return row.child.hide();
  const line = lines.get(node.dataset.cve);
  row.child(details(line)).show();
  drawEpss(line, row.child()[0].querySelector("canvas"));
}

// --- one CVE -------------------------------------------------------------------------------------------------------
function details(line) {
  const why = element("div", "", element("h3", "", "What makes this number"), reasonsTable(line));
  const plot = element("div", "", element("h3", "", "EPSS over time"), ...epssFigure(line));
  return element("div", "details", why, plot, facts(line));
}

function reasonsTable(line) {
  if (!line.reasons.length) return element("p", "", "No reasons are known for it.");
  const body = element("tbody");
  const counts = line.reasons.filter(([points]) => points !== null).sort((one, other) => other[0] - one[0]);
  const others = line.reasons.filter(([points]) => points === null);
  for (const [points, ...reason] of counts) {
    body.append(element("tr", "", reasonCell(...reason), element("td", "n", points.toFixed(1))));
  }
  if (others.length) {
    const title = element("th", "", "Known too, and not counted on this list");
    title.colSpan = 2;
    body.append(element("tr", "", title));
  }
  for (const [, ...reason] of others) {
    const cell = reasonCell(...reason);
    cell.colSpan = 2;
    body.append(element("tr", "", cell));
  }
  const head = element("tr", "", element("th", "", "Reason"), element("th", "n", "Points"));
  for (const cell of head.cells) cell.scope = "col";
  return element("table", "", element("thead", "", head), body);
}

function reasonCell(says, source, asOf) {
  const from = [source, asOf ? dayText(asOf) : ""].filter(Boolean).join(", ");
  return element("td", "", says, ...(from ? [element("span", "source", from)] : []));
}

const pointsOf = ([, ...numbers]) => numbers.flatMap((day, n) => n % 2 ? [] : [{ x: day, y: numbers[n + 1] / 1e5 }]);

function epssText(line) {
  if (!line.epss.length) return "EPSS does not know this CVE.";
  const all = line.epss.flatMap(pointsOf);
  const place = line.percentile === null ? "" : `, higher than ${Math.floor(line.percentile * 1000) / 10}% of all CVEs`;
  const now = `${percent(all[all.length - 1].y)} now${place}`;
  return all.length > 1 ? `${now}; ${percent(all[0].y)} on ${dayText(all[0].x * DAY)}.` : `${now}.`;
}

function modelText(line) {
  const breaks = line.epss.slice(1).map((segment, n) =>
    `On ${dayText(segment[1] * DAY)} EPSS changed its model (${line.epss[n][0]} to ${segment[0]}): the numbers before `
    + "and after do not compare, so the line is broken there; what came before is grey.");
  return breaks.join(" ");
}

function epssFigure(line) {
  const text = element("p", "", epssText(line));
  if (!line.epss.length) return [text];
  const canvas = element("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `EPSS of ${line.cve} over time: ${epssText(line)}`);
  const figure = element("figure", "", element("div", "plot", canvas));
  if (line.epss.length > 1) figure.append(element("figcaption", "", modelText(line)));
  return [text, figure];
}

function facts(line) {
  const said = [line.published ? `Published ${dayText(line.published)}` : "When it was published is not known",
    line.added ? `on CISA's list since ${dayText(line.added)}` : "not on CISA's list",
    line.due ? `due ${dayText(line.due)}` : "", line.ransomware ? "used by ransomware campaigns" : ""];
  const record = element("a", "", "CVE record");
  record.href = `https://www.cve.org/CVERecord?id=${encodeURIComponent(line.cve)}`;
  record.rel = "noopener noreferrer";
  record.target = "_blank";
  const found = element("div", "facts", element("p", "", `${said.filter(Boolean).join(" · ")} · `, record));
  if (data.handle) found.append(handled(line));
  return found;
}

function handled(line) {
  const how = data.handle.replaceAll("{cve}", line.cve);
  if (how.startsWith("https://")) {
    const link = element("a", "", "Mark as handled");
    link.href = how;
    link.rel = "noopener noreferrer";
    return element("p", "", link);
  }
  return element("p", "", "Mark as handled: ", element("code", "", how));
}

// --- plots ---------------------------------------------------------------------------------------------------------
function span(datasets) {
  const days = datasets.flatMap((set) => set.data.map((point) => point.x));
  return { min: Math.min(...days), max: Math.max(...days) };
}

function plot(canvas, datasets, options) {
  const grid = { color: colour("--line") };
  const ticks = { color: colour("--quiet"), maxRotation: 0, autoSkipPadding: 24 };
  return new Chart(canvas, { type: "line", data: { datasets }, options: {
    animation: false, responsive: true, maintainAspectRatio: false, parsing: false, spanGaps: false,
    interaction: { mode: "nearest", axis: "x", intersect: false },
    scales: {
      x: { type: "linear", ...span(datasets), grid: { display: false }, border: { color: colour("--line") },
        ticks: { ...ticks, callback: (day) => Number.isInteger(day) ? dayText(day * DAY) : null, maxTicksLimit: 5 } },
      y: { min: 0, grid, border: { display: false }, ticks: { ...ticks, maxTicksLimit: 5, ...options.ticks } },
    },
    plugins: {
      legend: { display: Boolean(options.legend), align: "start", labels: { color: colour("--ink"), boxHeight: 0,
        boxWidth: 24, filter: options.legend || undefined } },
      tooltip: { callbacks: { title: (items) => items.length ? dayText(items[0].parsed.x * DAY) : "",
        label: options.label } },
    },
  } });
}

const series = (name, data, extra) => ({ label: name, data, borderColor: colour("--accent"), borderWidth: 2,
  pointRadius: data.length < 3 ? 3 : 0, pointBackgroundColor: colour("--accent"), ...extra });

function drawEpss(cve, canvas) {
  if (!canvas) return;
  const today = Math.floor(Date.parse(data.as_of) / DAY);
  const sets = cve.epss.map((segment, n) => {
    const points = pointsOf(segment);
    const until = n + 1 < cve.epss.length ? cve.epss[n + 1][1] : Math.max(today, points[points.length - 1].x);
    const isOld = n + 1 < cve.epss.length;
    return series(segment[0], [...points, { x: until, y: points[points.length - 1].y }],
      { stepped: true, borderColor: colour(isOld ? "--quiet" : "--accent") });
  });
  plot(canvas, sets, { ticks: { callback: percent },
    label: (item) => `${percent(item.parsed.y)} by ${item.dataset.label}` });
}

function drawWeeks() {
  if (!data.weeks.length) return;
  const known = data.weeks.filter((week) => week[1] !== null);
  const missing = data.weeks.length - known.length;
  const versions = [...new Set(known.map((week) => week[3]))];
  const says = [missing ? `Of ${counted(missing, "week")} we have no data; they are left empty.` : "",
    versions.length > 1 ? "Our way of scoring changed in this time; its line is broken there." : ""];
  document.getElementById("weeks-says").textContent = says.filter(Boolean).join(" ");
  document.getElementById("weeks-figure").hidden = false;
  const points = (n, has) => data.weeks.map((week) => ({ x: week[0], y: has(week) ? week[n] : null }));
  const quiet = { borderColor: colour("--quiet"), pointBackgroundColor: colour("--quiet"), borderDash: [5, 4] };
  const dots = { pointRadius: 2.5 };
  const sets = [series("known to be exploited", points(1, (week) => week[1] !== null), dots),
    ...versions.map((version) => series("scored 50 or more", points(2, (week) => week[3] === version),
      { ...quiet, ...dots }))];
  plot(document.getElementById("weeks-plot"), sets, { ticks: { precision: 0 },
    legend: (item) => item.datasetIndex < 2, label: (item) => `${item.parsed.y} ${item.dataset.label}` });
}

// --- printed, all lines of a list are there ------------------------------------------------------------------------
function whilePrinting(isPrinting) {
  for (const table of Object.values(tables)) table.page.len(isPrinting ? -1 : PAGE).draw(false);
  document.querySelectorAll("#weeks-table").forEach((figures) => { figures.open = isPrinting; });
}

showVisit();
document.querySelectorAll("table.list").forEach(makeTable);
drawWeeks();
addEventListener("beforeprint", () => whilePrinting(true));
addEventListener("afterprint", () => whilePrinting(false));
})();
