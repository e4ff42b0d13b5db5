"use strict";
(function () {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  function copyButtons() {
    for (const figure of all("figure.code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = "Copy";
      button.setAttribute("aria-label", "Copy: " + figure.querySelector("figcaption").textContent);
      button.addEventListener("click", () => copy(figure.querySelector("code"), button));
      figure.append(button);
    }
  }

  function copy(code, button) {
    const done = (text) => {
      button.textContent = text;
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    };
    const select = () => {
      const range = document.createRange();
      range.selectNodeContents(code);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      done(document.execCommand("copy") ? "Copied" : "Selected");
    };
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(() => done("Copied"), select);
    else select();
  }

  function sortable() {
    const heads = all("table.sortable").filter((table) => table.tBodies[0].rows.length > 3);
    for (const head of heads.flatMap((table) => all("thead th", table))) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(head));
    }
  }

  function sort(head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const compare = new Intl.Collator("en", { numeric: true }).compare;
    const key = (cell) => cell.dataset.sort || cell.textContent.trim();
    const rows = Array.from(body.rows, (row) => [key(row.cells[head.cellIndex]), row]);
    rows.sort((one, two) => (up ? compare(one[0], two[0]) : compare(two[0], one[0])));
    body.append(...rows.map((pair) => pair[1]));
  }

  function filters() {
    const form = document.querySelector("form.filter");
    if (!form) return;
    const cards = all("article.cause").map((article) => ({
      article,
      own: all(":scope > .scroll > .objects > tbody > tr, :scope > .rest > li", article),
      head: article.querySelector("header").textContent.toLowerCase(),
    }));
    const lines = all("li[data-rule]").map((article) => ({ article, own: [article], head: "" }));
    const causes = cards.concat(lines);
    const total = causes.reduce((sum, cause) => sum + cause.own.length, 0);
    options(form.severity, causes.map((cause) => cause.article.dataset.severity), false);
    options(form.rule, causes.map((cause) => cause.article.dataset.rule), true);
    options(form.site, causes.flatMap((cause) => cause.own.map((row) => row.dataset.site)), true);
    const apply = () => show(form, causes, total);
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    addEventListener("hashchange", () => { if (restore(form)) show(form, causes, total); });
    form.hidden = false;
    if (restore(form)) apply();
  }

  function options(select, values, sorted) {
    const distinct = Array.from(new Set(values.filter(Boolean)));
    if (sorted) distinct.sort();
    for (const value of distinct) select.append(new Option(value, value));
  }

  function restore(form) {
    if (!location.hash.includes("=")) return false;
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const name of ["q", "severity", "rule", "site"]) form[name].value = wanted.get(name) || "";
    return true;
  }

  function show(form, causes, total) {
    const wanted = Object.fromEntries(new FormData(form));
    const text = wanted.q.trim().toLowerCase();
    let shown = 0;
    for (const { article, own, head } of causes) {
      const here = (!wanted.severity || article.dataset.severity === wanted.severity)
        && (!wanted.rule || article.dataset.rule === wanted.rule);
      const every = !text || head.includes(text);
      let some = 0;
      for (const row of own) {
        const fits = here && (!wanted.site || row.dataset.site === wanted.site)
          && (every || row.textContent.toLowerCase().includes(text));
        row.hidden = !fits;
        some += fits;
      }
      article.dataset.some = some;
      shown += some;
    }
    for (const { article } of causes) {
      article.hidden = ![article, ...all("article.cause", article)].some((each) => Number(each.dataset.some));
    }
    const filtered = new URLSearchParams(Object.entries(wanted).filter((pair) => pair[1]));
    const note = filtered.toString() ? `Filtered: ${shown} of ${total} failures shown.` : "";
    form.querySelector("output").textContent = note;
    document.body.classList.toggle("filtered", Boolean(note));
    if (note || location.hash.includes("=")) history.replaceState(null, "", "#" + (filtered.toString() || "findings"));
  }

  copyButtons();
  sortable();
  filters();
})();
