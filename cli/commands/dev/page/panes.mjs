// The chosen event, the map and the queues.
import { ask, button, element, json, send, time, wordOf } from "./parts.mjs";

const heading = (text) => element("h3", {}, text);

/** Everything about one event: what became of it and why, what caused it, what it caused, and how it looks. */
export async function showDetail(pane, id, { edit, close }) {
  const event = await ask(`/_backbone/events/${encodeURIComponent(id)}`);
  if (event.error !== undefined) {
    pane.replaceChildren(element("p", { class: "warn" }, event.error), button("close", close));
    return;
  }
  const said = element("span", { role: "status" });
  const again = async () => {
    const { id: next, error } = await send("/_backbone/again", { id: event.id });
    if (error === undefined) location.hash = next;
    else said.textContent = error;
  };
  const copy = async () => {
    await navigator.clipboard.writeText(event.code);
    said.textContent = "copied";
  };
  pane.replaceChildren(
    element("h2", {}, `${event.contract}  by ${event.by}  ${time(event.at)}`),
    element(
      "p",
      { class: "dim" },
      `id ${event.id}`,
      event.from === undefined ? "" : `, published by ${event.from}`,
    ),
    element(
      "p",
      {},
      button("send again", again),
      " ",
      button("edit and send", () => edit(event)),
      " ",
      button("copy as code", copy),
      " ",
      button("close", close),
      " ",
      said,
    ),
    ...verdict(event),
    heading("At every subscription"),
    element(
      "ul",
      {},
      ...event.why.map(({ subscription, sentence }) =>
        element(
          "li",
          {},
          element("strong", {}, subscription),
          " ",
          element("span", { class: wordOf(sentence) }, sentence),
        ),
      ),
    ),
    ...event.deliveries.filter(({ attempts }) => attempts.length > 0).flatMap(attemptsOf),
    ...(event.tree === undefined || (event.tree.causes.length === 0 && event.causedBy === undefined)
      ? []
      : [heading("What caused it, and what it caused"), element("ul", {}, branch(event.tree, event.id))]),
    heading("detail"),
    json(event.detail ?? "not a JSON object"),
    heading("metadata"),
    json(event.metadata),
    ...appearances(event),
    element("details", {}, element("summary", {}, "as code"), json(event.code)),
  );
}

function verdict({ refused, outcome, breach }) {
  const says = (refused ?? outcome).replace(/^refused/, "REFUSED");
  return [
    element("p", { class: wordOf(says) }, element("strong", {}, says)),
    ...(refused?.startsWith("refused")
      ? [
          element(
            "p",
            { class: "dim" },
            "The caller saw 400 AccessDeniedException or a failed entry; SDKs do not try this one again.",
          ),
        ]
      : []),
    ...(breach === undefined ? [] : [element("p", { class: "warn" }, breach)]),
  ];
}

function attemptsOf({ subscription, attempts }) {
  return [
    heading(`Attempts of ${subscription}`),
    element(
      "ol",
      {},
      ...attempts.map(({ number, at, duration, error, lines }) =>
        element(
          "li",
          { value: number },
          `${time(at)}, ${duration === undefined ? "runs" : `${Math.max(1, Math.round(duration))} ms`}: `,
          element(
            "span",
            { class: error === undefined ? "good" : "bad" },
            error === undefined ? "no error" : `${error.name}: ${error.message}`,
          ),
          ...(error?.stack === undefined ? [] : [json(error.stack)]),
          ...(lines.length === 0 ? [] : [json(lines.join("\n"))]),
        ),
      ),
    ),
  ];
}

function branch({ id, contract, by, outcome, causes }, chosen) {
  const name = `${contract} by ${by}`;
  return element(
    "li",
    {},
    id === chosen ? element("strong", {}, name) : element("a", { href: `#${id}` }, name),
    ` ${outcome}`,
    ...(causes.length === 0 ? [] : [element("ul", {}, ...causes.map((one) => branch(one, chosen)))]),
  );
}

function appearances({ as }) {
  const shown = element("div", {});
  const buttons = Object.entries(as).map(([name, value]) =>
    button(
      name,
      ({ target }) => {
        for (const one of buttons) one.setAttribute("aria-pressed", String(one === target));
        shown.replaceChildren(json(value));
      },
      { "aria-pressed": "false" },
    ),
  );
  return [element("p", {}, "as: ", ...buttons.flatMap((one) => [one, " "])), shown];
}

/** Who talks to whom: a click shows only the events that go that way. */
export function showMap(pane, { accounts, contracts, subscriptions }, filterBy) {
  const only = (name, isOf) => button(name, () => filterBy({ name, isOf }), { class: "link" });
  pane.replaceChildren(
    heading("Contracts, and who hears them"),
    element(
      "ul",
      {},
      ...contracts.map(({ key, service, origin, description }) =>
        element(
          "li",
          {},
          only(key, (event) => event.contract === key),
          ` ${origin === undefined ? `by ${service}` : `from ${origin.title}`}: ${description}`,
          element(
            "ul",
            {},
            ...hearers(subscriptions, key).map((one) =>
              element(
                "li",
                {},
                "→ ",
                only(one.key, (event) =>
                  event.deliveries.some(({ subscription }) => subscription === one.key),
                ),
                ` in ${one.account}, ${one.target}`,
                one.answers.length === 0 ? "" : `, answers ${one.answers.join(", ")}`,
              ),
            ),
            ...(hearers(subscriptions, key).length === 0
              ? [element("li", { class: "dim" }, "no subscription")]
              : []),
          ),
        ),
      ),
    ),
    heading("Accounts"),
    element(
      "ul",
      {},
      ...accounts.map(({ name, id, description }) =>
        element(
          "li",
          {},
          only(name, (event) => event.account === name || event.reached.includes(name)),
          ` ${id}: ${description}`,
        ),
      ),
    ),
  );
}

const hearers = (subscriptions, contract) =>
  subscriptions.filter(({ contracts }) => contracts.includes(contract));

/** What waits where, and what is to go wrong. A look takes nothing out. */
export async function showQueues(pane, registry) {
  if (pane.contains(document.activeElement)) return;
  const queues = await ask("/_backbone/queues");
  pane.replaceChildren(
    button("look again", () => {
      document.activeElement.blur();
      void showQueues(pane, registry);
    }),
    heading("Subscriptions"),
    ...registry.subscriptions.map(subscription),
    heading("Queues"),
    ...queues.flatMap(queue),
  );
}

const faultNames = {
  failTimes: "fail the next",
  delaySeconds: "delay, seconds",
  deliverTwice: "deliver twice, the next",
  loseAnswers: "lose PutEvents' next answers",
};

function subscription({ key, by, target, builtAt, problem, faults }) {
  const said = element("span", { role: "status" });
  const fields = Object.entries(faults ?? {}).map(([name, value]) => {
    const input = element("input", { type: "number", min: 0, value: value ?? 0 });
    input.addEventListener("change", async () => {
      const { error } = await send("/_backbone/faults", { subscription: key, [name]: Number(input.value) });
      said.textContent = error ?? "from now on";
    });
    return element("label", {}, `${faultNames[name] ?? name} `, input);
  });
  return element(
    "fieldset",
    {},
    element("legend", {}, key),
    element("span", {}, by ?? `nobody here takes it: ${target}`),
    builtAt === undefined ? "" : element("span", { class: "dim" }, `read at ${time(builtAt)}`),
    problem === undefined ? "" : element("span", { class: "bad" }, problem),
    ...fields,
    button("give letters back", async () => {
      const { ids, error } = await send("/_backbone/redrive", { subscription: key });
      said.textContent = error ?? `${ids.length} given back`;
    }),
    said,
  );
}

function queue({ name, account, visible, inFlight, delayed, maxReceiveCount, messages, more }) {
  return [
    element(
      "h3",
      {},
      `${name}  in ${account ?? "?"}: ${visible} visible, ${inFlight} in flight, ${delayed} delayed`,
    ),
    element(
      "ul",
      {},
      ...messages.map(({ state, visibleAt, receiveCount, event, detailType, error, errorMessage, body }) =>
        element(
          "li",
          {},
          `${state}${state === "visible" ? "" : ` until ${time(visibleAt)}`}, received ${receiveCount}${maxReceiveCount === undefined ? "" : ` of ${maxReceiveCount}`} times `,
          event === undefined ? "" : element("a", { href: `#${event}` }, detailType ?? event),
          error === undefined ? "" : element("span", { class: "bad" }, ` ${error}: ${errorMessage ?? ""}`),
          element("details", {}, element("summary", {}, "body"), json(body)),
        ),
      ),
      ...(more > 0 ? [element("li", { class: "dim" }, `and ${more} more`)] : []),
    ),
  ];
}
