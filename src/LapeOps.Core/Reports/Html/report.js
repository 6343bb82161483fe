"use strict";
(() => {
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const themes = ["auto", "light", "dark"];
  let store = null;
  try { store = window.localStorage; } catch { store = null; }
  const show = theme => {
    if (theme === "auto") { root.removeAttribute("data-theme"); } else { root.setAttribute("data-theme", theme); }
    button.textContent = "Theme: " + theme;
  };
  let theme = store === null ? "auto" : store.getItem("lapeops-theme");
  if (!themes.includes(theme)) { theme = "auto"; }
  show(theme);
  button.hidden = false;
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    show(theme);
    if (store !== null) { store.setItem("lapeops-theme", theme); }
  });

  const key = cell => cell.classList.contains("n") ? (cell.dataset.value === undefined ? -Infinity : Number(cell.dataset.value)) : cell.textContent;
  const compare = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b);
  for (const table of document.querySelectorAll("table.data")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const sorter = document.createElement("button");
      sorter.type = "button";
      sorter.append(...head.childNodes);
      head.append(sorter);
      sorter.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => (up ? 1 : -1) * compare(key(a.cells[column]), key(b.cells[column])));
        table.tBodies[0].append(...rows);
      });
    });
  }
})();
