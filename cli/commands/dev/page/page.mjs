// The stream of events, the form, and what stands around them. Text first: colours only repeat a word.
import { showDetail, showMap, showQueues } from "./panes.mjs";
import { ask, element, find, send, time, wordOf } from "./parts.mjs";

/** More rows are counted and not drawn; more events are not even kept, as in the server. */
const mostRows = 500;

/** By id, in the order in which they came. */
const events = new Map();
const changed = new Set();
const state = { registry: undefined, view: "stream", chosen: undefined, isPaused: false, filter: undefined };
const rowOf = new Map();
let isDue = false;

// One stream for a page that is seen: a browser opens about six connections to one host.
let source;
function listen() {
  source?.close();
  if (location.search === "?still") return void still();
  if (document.hidden) return;
  const after = cursor === undefined ? "" : `?after=${encodeURIComponent(cursor)}`;
  source = new EventSource(`/_backbone/events${after}`);
  source.addEventListener("turn", ({ data }) => turn(JSON.parse(data)));
  source.addEventListener("counts", ({ data }) => showCounts(JSON.parse(data)));
  source.addEventListener("message", ({ data }) => take(JSON.parse(data)));
  source.addEventListener("error", () => say("the server does not answer; it is asked again and again"));
}
let cursor;

/** As it stands now, for a picture of it: nothing is waited for. */
async function still() {
  await turn({});
  const lines = await (await fetch("/_backbone/events")).text();
  for (const line of lines.split("\n").filter(Boolean)) take(JSON.parse(line));
}
document.addEventListener("visibilitychange", listen);

function take(event) {
  cursor = event.cursor;
  events.set(event.id, event);
  if (events.size > (state.registry?.kept ?? 5_000)) events.delete(events.keys().next().value);
  changed.add(event.id);
  soon();
}

/** Whatever comes until the next frame is drawn at once. */
function soon() {
  if (isDue || state.isPaused) return;
  isDue = true;
  requestAnimationFrame(() => {
    isDue = false;
    draw();
  });
}

async function turn({ epoch }) {
  if (state.registry !== undefined && state.registry.epoch !== epoch) forget();
  state.registry = await ask("/_backbone/registry");
  const { environment, region, subscriptions, problem, notModelled } = state.registry;
  const running = subscriptions.filter(({ by }) => by !== undefined).length;
  say(
    `environment ${environment}, ${region}; ${running} of ${subscriptions.length} subscriptions are taken here; state in memory only`,
  );
  const problems = subscriptions.flatMap((one) => (one.problem ? [`${one.key}: ${one.problem}`] : []));
  find("problems").textContent = [
    ...(problem ? [`The registry cannot be used; the one before it goes on: ${problem}`] : []),
    ...problems,
  ].join("\n");
  find("not-modelled").textContent = `Not modelled: ${notModelled.join("; ")}.`;
  fillForm();
  showView();
  showCounts(await ask("/_backbone/counts"));
  choose(location.hash.slice(1));
}

function forget() {
  events.clear();
  rowOf.clear();
  changed.clear();
  find("rows").replaceChildren();
}

function say(text) {
  find("state").textContent = text;
}

function showCounts({ accepted, delivered, refused, failed, nobodyListens, fellOut }) {
  const counts = {
    accepted,
    delivered,
    refused,
    failed,
    "nobody listens": nobodyListens,
    "no longer kept": fellOut,
  };
  find("counts").replaceChildren(
    ...Object.entries(counts).flatMap(([name, count]) =>
      name === "no longer kept" && count === 0
        ? []
        : [element("div", {}, element("dt", {}, name), element("dd", {}, String(count)))],
    ),
  );
}

function draw() {
  const rows = find("rows");
  const isAll = changed.has("all");
  if (isAll) {
    rowOf.clear();
    rows.replaceChildren();
  }
  const drawn = isAll
    ? [...events.values()].filter(isWanted)
    : [...changed].flatMap((id) => events.get(id) ?? []);
  // What has changed last is not what came last.
  const wanted = drawn.sort((left, right) => left.at - right.at).slice(-mostRows);
  changed.clear();
  for (const event of wanted) {
    const before = rowOf.get(event.id);
    if (!isWanted(event)) {
      before?.remove();
      rowOf.delete(event.id);
      continue;
    }
    const row = rowFor(event);
    rowOf.set(event.id, row);
    if (before === undefined) rows.prepend(row);
    else before.replaceWith(row);
  }
  while (rows.children.length > mostRows) {
    rowOf.delete(rows.lastElementChild.dataset.id);
    rows.lastElementChild.remove();
  }
  const isFiltered =
    find("search").value !== "" || find("outcome").value !== "" || state.filter !== undefined;
  const left = events.size - rows.children.length;
  find("more").hidden = left <= 0;
  find("more").textContent = isFiltered
    ? `${left} others are not shown, or older`
    : `${left} older ones are not drawn: search finds them`;
  find("empty").hidden = events.size > 0;
  if (state.view === "queues") showView();
  const shown = events.get(state.chosen);
  if (shown !== undefined && shown.changed !== state.shownAt) choose(state.chosen);
}

function rowFor(event) {
  const { id, at, contract, by, from, causedBy } = event;
  const isChild = causedBy !== undefined;
  const lines = event.deliveries.map(({ subscription, outcome, attempts }) => {
    const last = attempts.at(-1)?.duration;
    return element(
      "div",
      { class: wordOf(outcome) },
      `→ ${subscription}: ${outcome}${last === undefined ? "" : `, ${Math.max(1, Math.round(last))} ms`}`,
    );
  });
  const row = element(
    "tr",
    { "data-id": id, "aria-selected": String(id === state.chosen) },
    element("td", {}, time(at)),
    element("td", {}, isChild ? "└─ " : "", element("a", { href: `#${id}` }, contract)),
    element("td", {}, by, from === undefined ? "" : element("div", { class: "dim" }, from)),
    element(
      "td",
      {},
      ...(lines.length > 0
        ? lines
        : [element("div", { class: wordOf(event.outcome) }, event.outcome.replace(/^refused/, "REFUSED"))]),
    ),
  );
  row.addEventListener("click", () => {
    location.hash = id;
  });
  return row;
}

function isWanted(event) {
  const outcome = find("outcome").value;
  const became = [event.outcome, ...event.deliveries.map((one) => one.outcome)].join("\n");
  if (outcome === "failed" ? !/letter|lost|after|rejected|given up/.test(became) : !became.includes(outcome))
    return false;
  if (state.filter !== undefined && !state.filter.isOf(event)) return false;
  const words = find("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { attempts: _, ...rest } = event;
  const text = JSON.stringify(rest).toLowerCase();
  return words.every((word) => text.includes(word));
}

function redraw() {
  changed.add("all");
  soon();
}

function filterBy(filter) {
  state.filter = filter;
  const line = find("filter");
  line.hidden = filter === undefined;
  if (filter !== undefined) {
    const all = element("button", { type: "button" }, "show all");
    all.addEventListener("click", () => filterBy(undefined));
    line.replaceChildren(`only ${filter.name} `, all);
    state.view = "stream";
    showView();
  }
  redraw();
}

function showView() {
  for (const name of ["stream", "map", "queues"]) {
    find(name).hidden = name !== state.view;
    document.querySelector(`[data-view="${name}"]`).setAttribute("aria-pressed", String(name === state.view));
  }
  if (state.registry === undefined) return;
  if (state.view === "map") showMap(find("map"), state.registry, filterBy);
  if (state.view === "queues") void showQueues(find("queues"), state.registry);
}

async function choose(id) {
  const detail = find("detail");
  const isNew = state.chosen !== id;
  if (isNew) {
    rowOf.get(state.chosen)?.setAttribute("aria-selected", "false");
    rowOf.get(id)?.setAttribute("aria-selected", "true");
  }
  state.chosen = id;
  detail.hidden = id === "";
  document.querySelector("main").classList.toggle("with-detail", id !== "");
  if (id === "") return;
  state.shownAt = events.get(id)?.changed;
  await showDetail(detail, id, { edit, close: () => (location.hash = "") });
  if (isNew) detail.focus({ preventScroll: true });
}

function fillForm() {
  const { contracts } = state.registry;
  options(
    find("contract"),
    contracts.map(({ key }) => key),
  );
  fillAs();
  if (find("body").value === "") example();
}

const chosenContract = () => state.registry.contracts.find(({ key }) => key === find("contract").value);

/** Who may be said to publish it; of events of AWS, on whose bus they come. */
function fillAs() {
  const { callers, accounts } = state.registry;
  const { origin } = chosenContract() ?? {};
  find("as-label").textContent =
    origin === undefined ? "as" : `on the ${origin.bus === "default" ? "default" : "partner's"} bus of`;
  options(
    find("as"),
    origin?.accounts ?? callers,
    Object.fromEntries(accounts.map(({ name, id }) => [name, id])),
  );
}

function options(select, names, notes = {}) {
  const before = select.value;
  select.replaceChildren(
    ...names.map((name) =>
      element("option", { value: name }, notes[name] === undefined ? name : `${name} ${notes[name]}`),
    ),
  );
  if (names.includes(before)) select.value = before;
}

function example() {
  const contract = chosenContract();
  if (contract === undefined) return;
  fillAs();
  find("as").value = contract.origin?.accounts[0] ?? contract.service;
  find("body").value = JSON.stringify(contract.example, undefined, 2);
  void checkForm();
}

/** An event's own detail in the form, to be changed. */
function edit({ contract, by, account, detail }) {
  find("contract").value = contract;
  fillAs();
  find("as").value = chosenContract()?.origin === undefined ? by : account;
  find("body").value = JSON.stringify(detail, undefined, 2);
  find("body").focus();
  void checkForm();
}

function formDetail() {
  try {
    const detail = JSON.parse(find("body").value);
    return typeof detail === "object" && detail !== null && !Array.isArray(detail)
      ? { detail }
      : { problem: "the detail has to be a JSON object" };
  } catch (error) {
    return { problem: error.message };
  }
}

let checking;
async function checkForm() {
  const { detail, problem } = formDetail();
  const mine = (checking = {});
  const breach =
    problem ?? (await send("/_backbone/check", { contract: find("contract").value, detail })).problem;
  if (mine !== checking) return;
  find("breach").textContent = breach ?? "as its contract says";
  find("breach").className = breach === undefined ? "good" : "warn";
}

find("publish").firstElementChild.addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const { detail, problem } = formDetail();
  if (problem !== undefined) return void (find("said").textContent = `not sent: ${problem}`);
  const { id, refused, error } = await send("/_backbone/publish", {
    contract: find("contract").value,
    as: find("as").value,
    detail,
  });
  find("said").textContent = error ?? refused ?? "sent";
  if (id) location.hash = id;
});
find("contract").addEventListener("change", example);
find("body").addEventListener("input", () => void checkForm());
find("search").addEventListener("input", redraw);
find("outcome").addEventListener("change", redraw);
find("find").addEventListener("submit", (submitted) => submitted.preventDefault());
find("pause").addEventListener("click", () => {
  state.isPaused = !state.isPaused;
  find("pause").setAttribute("aria-pressed", String(state.isPaused));
  if (!state.isPaused) soon();
});
for (const button of document.querySelectorAll("[data-view]"))
  button.addEventListener("click", () => {
    state.view = button.dataset.view;
    showView();
  });
addEventListener("hashchange", () => void choose(location.hash.slice(1)));
addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && !/^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) location.hash = "";
});
listen();
