// Begins, and shows every line of a list while it is printed.
const lengths = {};
function whilePrinting(isPrinting) {
  for (const [id, table] of Object.entries(tables)) {
    if (isPrinting) lengths[id] = table.page.len();
    table.page.len(isPrinting ? -1 : lengths[id] || PAGE).draw(false);
  }
  document.querySelectorAll("main > section > details").forEach((figures) => { figures.open = isPrinting; });
}

showVisit();
document.querySelectorAll("table.list").forEach(makeTable);
drawWeeks();
addEventListener("beforeprint", () => whilePrinting(true));
addEventListener("afterprint", () => whilePrinting(false));
