"use strict";
// Headers of tables become buttons that sort; without this script the tables stand as they are.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rising = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", rising ? "ascending" : "descending");
      sort(table.tBodies[0], column, rising ? 1 : -1);
    });
  });
}

function sort(body, column, sign) {
  const keyed = [...body.rows].map((row) => [key(row.cells[column]), row]);
  keyed.sort(([a], [b]) => (a === b ? 0 : a === "" ? 1 : b === "" ? -1 : sign * order(a, b)));
  body.append(...keyed.map(([, row]) => row));
}

// the number of a cell where it has one, else its words
function key(cell) {
  const number = cell?.dataset.v;
  return number === undefined ? (cell?.textContent.trim() ?? "") : Number(number);
}

function order(a, b) {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}
