// What a click shows of one CVE.
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
  const above = Math.min(Math.floor(line.percentile * 1000) / 10, 99.9);
  const place = line.percentile === null ? "" : `, higher than ${above}% of all CVEs`;
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
    line.due ? `due ${dayText(line.due)}` : "", line.ransomware ? "used by ransomware campaigns" : "", line.yours];
  const record = element("a", "", "CVE record");
  record.href = `https://www.cve.org/CVERecord?id=${encodeURIComponent(line.cve)}`;
  record.rel = "noopener noreferrer";
  record.target = "_blank";
  const found = element("div", "facts", element("p", "", `${said.filter(Boolean).join(" · ")} · `, record));
  if (line.handle) found.append(handled(line));
  return found;
}

function handled(line) {
  const how = line.handle;
  if (/^https?:\/\//.test(how)) {
    const link = element("a", "", "Mark as handled");
    link.href = how;
    link.rel = "noopener noreferrer";
    return element("p", "", link);
  }
  return element("p", "", "Mark as handled: ", element("code", "", how));
}
