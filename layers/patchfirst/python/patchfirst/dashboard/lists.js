// The two lists: sorted, filtered, and opened to explain one CVE.
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
