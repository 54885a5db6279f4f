"use strict";
const byId = (id) => document.getElementById(id);
const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

// --- what is packed ---------------------------------------------------------------------------------------------
const unpacked = new Map();
const unpack = (id) => {
  if (!unpacked.has(id)) {
    const bytes = Uint8Array.from(atob(byId(id).textContent), (one) => one.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    unpacked.set(id, new Response(stream).json());
  }
  return unpacked.get(id);
};

// --- filters ----------------------------------------------------------------------------------------------------
const filters = byId("filters");
const rows = [...document.querySelectorAll("tbody tr[id]")].map((row) => ({
  row, text: row.querySelector("th").textContent.toLowerCase(), area: row.parentElement.dataset.area,
}));

const filter = () => {
  const { words, area, level, scope, verdict, differ } = Object.fromEntries(new FormData(filters));
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const one of rows) {
    const { dataset } = one.row;
    const keep = wanted.every((word) => one.text.includes(word)) && (!area || area === one.area) &&
      (!level || level === dataset.level) && (!scope || scope === dataset.scope) &&
      (!verdict || dataset.verdicts.split(" ").includes(verdict)) && (!differ || "differs" in dataset);
    one.row.hidden = !keep;
    shown += keep;
  }
  for (const body of document.querySelectorAll("tbody"))
    body.hidden = !body.querySelector("tr[id]:not([hidden])");
  byId("shown").textContent = shown === rows.length ? `${shown} requirements` : `${shown} of ${rows.length} requirements`;
};
filters.addEventListener("input", filter);
filters.addEventListener("reset", () => setTimeout(filter));
filters.addEventListener("submit", (event) => event.preventDefault());

// --- a cell -----------------------------------------------------------------------------------------------------
const dialog = byId("cell");

const again = (command) => {
  const copy = make("button", { type: "button", textContent: "Copy" });
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(command);
    copy.textContent = "Copied";
  });
  return make("p", { className: "again" }, "See it yourself:", make("code", { textContent: command }), copy);
};

const fill = async (section, column, scenario) => {
  const detail = (await unpack(`details-${column}`))[scenario];
  if (!detail || section.dataset.filled) return;
  section.dataset.filled = "yes";
  const body = make("div");
  body.innerHTML = detail.html;
  const source = URL.createObjectURL(new Blob([detail.picture], { type: "image/svg+xml" }));
  const whole = make("a", { href: source, target: "_blank", textContent: "Open the picture by itself" });
  body.querySelector(".timeline").append(make("img", { src: source, alt: `Timeline of ${scenario}` }), whole);
  section.append(body);
};

const scenarioOf = (overview, requirement, column, scenario) => {
  const [verdict, reason, broken, seconds, command, evidence] = overview.columns[column].cells[scenario];
  const sign = make("span", { className: `v ${verdict}`, textContent: `${overview.signs[verdict]} ${verdict}` });
  const name = make("span", { className: "name", textContent: scenario });
  const section = make("details", { className: "scenario" },
    make("summary", {}, sign, " ", name, ` ${overview.titles[scenario]} (${seconds} s)`));
  if (verdict === "unsupported") section.append(make("p", { textContent: `It does not support ${reason}.` }));
  else if (reason && verdict === "not-run") section.append(make("p", { textContent: reason }));
  if (verdict === "fail" && !broken.includes(requirement))
    section.append(make("p", { textContent: `It broke ${broken.join(", ")}, so that nothing was shown of ${requirement}.` }));
  if (evidence.length)
    section.append(make("p", { textContent: "Evidence:" }), make("ul", {}, ...evidence.map((one) => make("li", { textContent: one }))));
  section.append(again(command));
  section.addEventListener("toggle", () => fill(section, column, scenario));
  section.open = verdict === "fail" || verdict === "error" || verdict === "inconclusive";
  return section;
};

const order = ["error", "fail", "inconclusive", "pass", "unsupported", "not-run"];

const show = async (requirement, column) => {
  const overview = await unpack("overview");
  const about = overview.requirements[requirement], run = overview.columns[column];
  if (!about || !run) return;
  byId("cell-title").replaceChildren(make("a", { href: `#${requirement}`, textContent: requirement }), `: ${run.name}`);
  byId("cell-about").textContent = run.about;
  byId("cell-text").textContent = about.text;
  const sources = about.sources.map((one) =>
    one.startsWith("https://") ? make("a", { href: one, rel: "noopener", textContent: one }) : one);
  byId("cell-sources").replaceChildren("Sources: ", ...sources.flatMap((one, index) => (index ? ["; ", one] : [one])));
  const found = about.scenarios.filter((name) => name in run.cells);
  found.sort((one, other) => order.indexOf(run.cells[one][0]) - order.indexOf(run.cells[other][0]));
  const sections = found.map((name) => scenarioOf(overview, requirement, column, name));
  for (const section of sections.slice(3)) section.open = false;
  byId("cell-scenarios").replaceChildren(...sections);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
};

const follow = () => {
  const [requirement, column] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (column) show(requirement, column);
  else if (dialog.open) dialog.close();
  const row = byId(requirement);
  if (row?.hidden) {
    filters.reset();
    filter();
    row.scrollIntoView({ block: "center" });
  }
};
addEventListener("hashchange", follow);
dialog.addEventListener("close", () => {
  const [requirement, column] = location.hash.slice(1).split("/");
  if (column) history.replaceState(null, "", `#${requirement}`);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

// --- arrow keys move among cells ----------------------------------------------------------------------------------
byId("table").addEventListener("keydown", (event) => {
  const cell = event.target.closest("td");
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  if (!cell || !step) return;
  event.preventDefault();
  const shown = rows.map((one) => one.row).filter((row) => !row.hidden);
  const row = shown[shown.indexOf(cell.parentElement) + step[0]];
  row?.cells[cell.cellIndex + step[1]]?.querySelector("a.v")?.focus();
});

filter();
follow();
