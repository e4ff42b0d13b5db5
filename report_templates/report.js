"use strict";
(function () {
  let words = {};
  const say = (text, values) => (words[text] || text).replace(/%\((\w+)\)s/g, (_, name) => values[name]);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  function copyButtons() {
    for (const figure of all("figure.code")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = say("Copy");
      button.setAttribute("aria-label", say("Copy: %(title)s", { title: figure.querySelector("figcaption").textContent }));
      button.addEventListener("click", () => copy(figure.querySelector("code"), button));
      figure.append(button);
    }
  }

  function copy(code, button) {
    const done = (text) => {
      button.textContent = text;
      setTimeout(() => { button.textContent = say("Copy"); }, 2000);
    };
    const select = () => {
      const range = document.createRange();
      range.selectNodeContents(code);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      done(document.execCommand("copy") ? say("Copied") : say("Selected"));
    };
    if (navigator.clipboard) navigator.clipboard.writeText(code.textContent).then(() => done(say("Copied")), select);
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

  // Tables of findings have the filter; every other table of some length is searched by itself.
  function searchable() {
    for (const table of all("table.sortable:not(.objects)")) {
      const rows = Array.from(table.tBodies[0].rows);
      if (rows.length <= 10) continue;
      const caption = table.caption.textContent.trim();
      const box = document.createElement("input");
      box.type = "search";
      box.autocomplete = "off";
      box.placeholder = say("Search this table");
      box.setAttribute("aria-label", say("Search: %(title)s", { title: caption }));
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = say("Save as CSV");
      button.setAttribute("aria-label", say("Save as CSV: %(title)s", { title: caption }));
      const note = document.createElement("output");
      const bar = document.createElement("p");
      bar.className = "search";
      bar.append(box, button, note);
      table.closest(".scroll").before(bar);
      box.addEventListener("input", () => {
        const wanted = box.value.trim().toLowerCase();
        for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
        const shown = rows.filter((row) => !row.hidden).length;
        note.textContent = wanted ? say("%(shown)s of %(total)s rows shown.", { shown, total: rows.length }) : "";
      });
      button.addEventListener("click", () => {
        const shown = Array.from(table.rows).filter((row) => !row.hidden);
        save("table-shown.csv", shown.map((row) => Array.from(row.cells, text)));
      });
    }
  }

  function sort(head) {
    const up = head.getAttribute("aria-sort") !== "ascending";
    for (const other of head.parentNode.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
    const order = (one, two) => (typeof one === "number" && typeof two === "number" ? one - two : compare(one, two));
    const rows = Array.from(body.rows, (row) => [sortKey(row.cells[head.cellIndex]), row]);
    rows.sort((one, two) => (up ? order(one[0], two[0]) : order(two[0], one[0])));
    body.append(...rows.map((pair) => pair[1]));
  }

  function sortKey(cell) {
    if (cell.className === "number") return Number(cell.textContent.replace(/\D/g, ""));
    const given = cell.dataset.sort;
    return given === undefined || isNaN(given) ? given || cell.textContent.trim() : Number(given);
  }

  // A card's commands are for the rows that are shown and ticked, as the engine would write them.
  function remedy(article, own) {
    const box = article.querySelector(":scope > .fix");
    // No commands are for what is waived, unless the whole cause is.
    const open = Array.from(own.entries()).filter(([, row]) => row.dataset.state.split(" ").includes("open"));
    const rows = new Map(open.length ? open : own.entries());
    const parts = all("[data-divided]", box).map((node) => ({ node, holder: node.closest("figure, p"), blocks: blocks(node) }));
    const note = document.createElement("p");
    note.className = "muted";
    note.hidden = true;
    box.firstElementChild.after(note);
    const made = { rows, parts, note, holders: all(":scope > figure, :scope > .hand", box) };
    if (box.querySelector("code[data-divided]")) {
      for (const row of rows.values()) tick(row);
      article.addEventListener("change", () => follow(made));
    }
    return made;
  }

  function blocks(node) {
    return Array.from(node.children, (block) => ({
      of: block.dataset.of.split(" ").map(Number),
      pieces: Array.from(block.childNodes, (piece) => (piece.children ? Array.from(piece.children, (each) => each.textContent) : piece.data)),
    }));
  }

  function tick(row) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "tick";
    box.checked = true;
    box.autocomplete = "off";
    box.setAttribute("aria-label", say("In the commands: %(name)s", { name: text(row.querySelector("b, bdi")) }));
    (row.cells ? row.cells[0] : row).prepend(box);
  }

  function follow({ rows, parts, note, holders }) {
    const chosen = new Set();
    for (const [at, row] of rows) {
      const box = row.querySelector(".tick");
      if (!row.hidden && (!box || box.checked)) chosen.add(at);
    }
    const whole = chosen.size === rows.size;
    const given = whole || (parts.length && chosen.size);
    for (const holder of holders) holder.hidden = !given;
    for (const { node, holder, blocks } of given ? parts : []) {
      const commands = written(blocks, chosen);
      holder.hidden = !commands;
      if (node.textContent !== commands) node.textContent = commands;
    }
    const numbers = { shown: chosen.size, total: rows.size };
    note.hidden = whole;
    if (given) note.textContent = say("The commands are for %(shown)s of %(total)s objects: those shown and ticked.", numbers);
    else if (chosen.size) note.textContent = say("%(shown)s of %(total)s objects are shown. The commands are for all of them together: show all to see them.", numbers);
    else note.textContent = say("No object that the commands are for is shown and ticked.");
  }

  function written(blocks, chosen) {
    const piece = (each, of) => (typeof each === "string" ? each : each.filter((_, at) => chosen.has(of[at])).join(","));
    const some = blocks.filter(({ of }) => of.some((at) => chosen.has(at)));
    return Array.from(new Set(some.map(({ of, pieces }) => pieces.map((each) => piece(each, of)).join("")))).join("\n\n");
  }

  function filters() {
    const form = document.querySelector("form.filter");
    if (!form) return;
    const cards = all("details.cause").map((article) => ({
      article,
      own: all(":scope > .scroll > .objects > tbody > tr, :scope > .rest > li", article),
      head: article.querySelector("summary").textContent.toLowerCase(),
    }));
    const lines = all("li[data-rule]").map((article) => ({ article, own: [article], head: "" }));
    for (const card of cards) card.fix = remedy(card.article, card.own);
    const causes = cards.concat(lines);
    const total = causes.reduce((sum, cause) => sum + cause.own.length, 0);
    options(form.severity, causes.map((cause) => cause.article.dataset.severity), false, say);
    options(form.rule, causes.map((cause) => cause.article.dataset.rule), true);
    options(form.site, causes.flatMap((cause) => cause.own.map((row) => row.dataset.site)), true);
    options(form.state, causes.flatMap((cause) => cause.own.flatMap((row) => row.dataset.state.split(" "))), false, (state) => say(state.replace("_", " ")));
    form.state.parentNode.hidden = form.state.options.length < 3;
    const apply = () => show(form, causes, total);
    form.save.addEventListener("click", () => save("findings-shown.csv", findings(causes)));
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    addEventListener("hashchange", () => { if (restore(form)) show(form, causes, total); });
    form.hidden = false;
    if (restore(form)) apply();
  }

  function options(select, values, sorted, label) {
    const distinct = Array.from(new Set(values.filter(Boolean)));
    if (sorted) distinct.sort();
    for (const value of distinct) select.append(new Option(label ? label(value) : value, value));
  }

  function restore(form) {
    if (!location.hash.includes("=")) return false;
    const wanted = new URLSearchParams(location.hash.slice(1));
    for (const name of ["q", "severity", "rule", "site", "state"]) form[name].value = wanted.get(name) || "";
    return true;
  }

  function show(form, causes, total) {
    const wanted = Object.fromEntries(new FormData(form));
    const text = wanted.q.trim().toLowerCase();
    let shown = 0;
    for (const { article, own, head, fix } of causes) {
      const here = (!wanted.severity || article.dataset.severity === wanted.severity)
        && (!wanted.rule || article.dataset.rule === wanted.rule);
      const every = !text || head.includes(text);
      let some = 0;
      for (const row of own) {
        const fits = here && (!wanted.site || row.dataset.site === wanted.site)
          && (!wanted.state || row.dataset.state.split(" ").includes(wanted.state))
          && (every || row.textContent.toLowerCase().includes(text));
        row.hidden = !fits;
        some += fits;
      }
      if (fix) follow(fix);
      article.dataset.some = some;
      shown += some;
    }
    for (const { article } of causes) {
      article.hidden = ![article, ...all("details.cause", article)].some((each) => Number(each.dataset.some));
    }
    const filtered = new URLSearchParams(Object.entries(wanted).filter((pair) => pair[1]));
    unfold(causes.map((cause) => cause.article).filter((article) => !article.hidden), filtered.toString());
    const note = filtered.toString() ? say("Filtered: %(shown)s of %(total)s failures shown.", { shown, total }) : "";
    form.querySelector("output").textContent = note;
    document.body.classList.toggle("filtered", Boolean(note));
    if (note || location.hash.includes("=")) history.replaceState(null, "", "#" + (filtered.toString() || "findings"));
  }

  // Who filters wants to see what is left, unless that is much.
  let unfolded = [];
  function unfold(left, isFiltered) {
    for (const each of unfolded) each.open = false;
    const held = isFiltered && left.length <= 12 ? left.map((each) => each.closest("details")) : [];
    unfolded = held.filter((each) => !each.open);
    for (const each of unfolded) each.open = true;
  }

  function text(node) {
    const parts = node.querySelector("li") ? all("li", node).map(text) : [node.textContent];
    return parts.join("; ").replace(/\s+/g, " ").trim();
  }

  function findings(causes) {
    const rows = [["severity", "rule_id", "title", "cause", "object", "site", "message", "evidence", "fingerprint"]];
    for (const { article, own } of causes) {
      const title = article.querySelector("summary :is(h3, h4, h5, h6)");
      const heads = all(":scope > .scroll > .objects > thead th", article).map(text);
      const about = [article.dataset.severity, article.dataset.rule, title ? text(title) : "", title ? text(article.querySelector(".label")) : ""];
      const shared = all(":scope > .scroll > .shared > tbody > tr", article).map((row) => text(row.cells[0]) + ": " + text(row.cells[1]));
      for (const row of own.filter((each) => !each.hidden)) {
        const cells = Array.from(row.cells || []);
        const name = row.querySelector("b, bdi");
        const message = cells.length ? text(cells[1]) : text(name.parentNode).slice(text(name).length).trim();
        const evidence = cells.slice(2, -1).map((cell, at) => heads[at + 2] + ": " + text(cell)).concat(shared).join("; ");
        const identity = row.id.startsWith("f-") ? row.id : row.querySelector("[id^=f-]").id;
        rows.push([...about, text(name), row.dataset.site, message, evidence, identity.slice(2)]);
      }
    }
    return rows;
  }

  function save(name, rows) {
    const formula = /^('|[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20|%])/;
    const cell = (value) => '"' + (formula.test(value) ? "'" + value : value).slice(0, 32767).replace(/"/g, '""') + '"';
    const lines = rows.map((row) => row.map(cell).join(",") + "\r\n");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", ...lines], { type: "text/csv" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  // Everything is written open, so that nothing is hidden where no script runs.
  function folds() {
    for (const each of all("details:not([data-keep])")) each.open = false;
    document.documentElement.classList.remove("folding");
    const tools = document.querySelector(".tools");
    if (!tools) return;
    const on = (name, act) => tools.querySelector("[name=" + name + "]").addEventListener(name === "theme" ? "change" : "click", act);
    on("expand", () => { for (const each of all("details")) each.open = true; });
    on("collapse", () => { for (const each of all("details")) each.open = false; });
    on("short", () => print());
    on("full", () => printed(all("details:not([open])")));
    if (tools.querySelector("[name=annex]")) on("annex", () => printed(all(".annex details:not([open])")));
    theme(tools.querySelector("[name=theme]"), on);
    tools.hidden = false;
  }

  function printed(closed) {
    for (const each of closed) each.open = true;
    addEventListener("afterprint", () => { for (const each of closed) each.open = false; }, { once: true });
    print();
  }

  // The style follows the system; a choice of the reader takes the system's place in its condition.
  function theme(select, on) {
    const rules = all("style").flatMap((style) => Array.from(style.sheet.cssRules));
    const dark = rules.find((rule) => rule.media && rule.media.mediaText.includes("prefers-color-scheme"));
    const system = dark.media.mediaText;
    const apply = () => { dark.media.mediaText = { light: "not all", dark: "screen" }[select.value] || system; };
    // A browser may refuse a file its storage: then the choice holds for this visit.
    const stored = (act) => { try { return act(localStorage); } catch { return ""; } };
    select.value = stored((store) => store.getItem("casaudit-theme")) || "";
    apply();
    on("theme", () => {
      apply();
      stored((store) => store.setItem("casaudit-theme", select.value));
    });
  }

  // What a link leads to may be closed, or left out by the filter.
  function reveal() {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    if (target.closest("[hidden]")) document.querySelector("form.filter").reset();
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    requestAnimationFrame(() => target.scrollIntoView());
  }

  document.documentElement.className = "folding";
  document.addEventListener("DOMContentLoaded", () => {
    words = JSON.parse((document.getElementById("words") || {}).textContent || "{}");
    copyButtons();
    sortable();
    searchable();
    filters();
    folds();
    reveal();
    addEventListener("hashchange", reveal);
    // A second click on the same link changes no address.
    document.addEventListener("click", (event) => { if (event.target.closest("a[href^='#']")) setTimeout(reveal); });
  });
})();
