// What every part of the page is made with. Texts of others become text nodes, and never markup.

export const find = (id) => document.getElementById(id);

export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export function button(text, act, attributes = {}) {
  const made = element("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}

export async function ask(path) {
  const response = await fetch(path);
  return response.json();
}

export async function send(path, value) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  });
  return response.json();
}

export function time(at) {
  const date = new Date(at);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** The colour that repeats what a sentence says. */
export function wordOf(outcome) {
  if (/^(?:refused|lost|dead letter|letter|rejected|given up|nobody can)/i.test(outcome)) return "bad";
  if (/after|nobody listens/.test(outcome)) return "warn";
  return outcome === "done" ? "good" : "dim";
}

export const json = (value) =>
  element("pre", {}, typeof value === "string" ? value : JSON.stringify(value, undefined, 2));
