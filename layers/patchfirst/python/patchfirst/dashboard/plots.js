// The plots: EPSS of one CVE, and the exposure over the weeks.
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
