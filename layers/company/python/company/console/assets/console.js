// Sorting by DataTables and plots by Chart.js, where scripts run; without them every page is complete.
"use strict";

const LEAST_FOR_A_SEARCH = 12;
const dark = matchMedia("(prefers-color-scheme: dark)");
const charts = [];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function makeSortable(table) {
  const rows = table.tBodies[0].rows.length;
  if (rows < 2) return;
  new DataTable(table, {
    paging: false, info: false, order: [], autoWidth: false, searching: rows >= LEAST_FOR_A_SEARCH,
    language: { search: "Find in this list" },
  });
}

function values(table, column) {
  return [...table.tBodies[0].rows].map((row) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  });
}

function plot(table) {
  const heads = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const box = document.createElement("div");
  const canvas = document.createElement("canvas");
  box.className = "canvas";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${table.caption.textContent.trim()}; the numbers are in the table below`);
  box.append(canvas);
  table.closest("figure").querySelector("details").before(box);
  charts.push({ canvas, table, heads, chart: null });
}

function draw(one) {
  one.chart?.destroy();
  const tones = ["--link", "--warn", "--good", "--bad"].map(colour);
  const datasets = one.heads.slice(1).map((label, n) => ({
    label, data: values(one.table, n + 1).map((text) => (text === "" || text === "-" ? null : Number(text))),
    borderColor: tones[n % 4], backgroundColor: tones[n % 4], stepped: one.table.dataset.plot === "line",
    pointRadius: 2, borderWidth: 2, maxBarThickness: 48, spanGaps: true,
  }));
  const axis = { ticks: { color: colour("--soft") }, grid: { color: colour("--line") } };
  one.chart = new Chart(one.canvas, {
    type: one.table.dataset.plot,
    data: { labels: values(one.table, 0), datasets },
    options: {
      animation: false, maintainAspectRatio: false,
      scales: { x: { ...axis, stacked: one.table.dataset.plot === "bar" },
        y: { ...axis, beginAtZero: true, stacked: one.table.dataset.plot === "bar" } },
      plugins: { legend: { display: datasets.length > 1, labels: { color: colour("--text") } } },
    },
  });
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
document.querySelectorAll("table[data-plot]").forEach(plot);
charts.forEach(draw);
dark.addEventListener("change", () => charts.forEach(draw));
