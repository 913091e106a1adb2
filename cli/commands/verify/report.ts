import colors from "picocolors";
import type { Assumption } from "../../../rehearsal/assumptions.js";
import type { Cause } from "../../../rehearsal/causes.js";
import type { ProofCheck } from "../../../rehearsal/claim.js";
import type { Verification } from "../../../rehearsal/verify.js";
import { count, indent, renderTable, section } from "../../../views/table.js";
import { printable } from "../../terminal/printable.js";

/** Causes shown in full. */
const shownCauses = 20;

export function renderVerification(verification: Verification): string {
  const { environment, checks } = verification;
  return [
    section(
      `Proof for ${environment}`,
      renderTable([{ title: "Claims" }, { title: "", align: "right" }], summary(checks)),
    ),
    ...renderFailures(verification),
    renderVerdict(verification),
  ].join("\n");
}

export function renderClaims(listed: readonly Pick<ProofCheck, "id" | "title">[]): string {
  return renderTable(
    [{ title: "Claim" }, { title: "" }],
    listed.map(({ id, title }) => [id, title]),
  );
}

export function renderAssumptions(assumed: readonly Assumption[]): string {
  return assumed.map(({ title, text }) => `- ${colors.bold(title)} ${text}`).join("\n");
}

/** What failed, and what could not be proven. */
export function renderFailures({ failures, notes }: Verification): string[] {
  return [
    ...failures.slice(0, shownCauses).map(renderCause),
    ...(failures.length > shownCauses
      ? [`… and ${failures.length - shownCauses} more (see verify --json)\n`]
      : []),
    ...notes.map((note) => `${colors.yellow("not proven:")} ${note}`),
  ];
}

export function renderVerdict({ ok, checks }: Verification): string {
  const cases = checks.reduce((sum, check) => sum + check.cases, 0);
  const verdict = ok ? colors.green("holds") : colors.red("does not hold");
  const failed = checks.filter((check) => !check.ok).length;
  return `The backbone ${verdict}: ${count(checks.length, "claim")}, ${count(cases, "case")} tried, ${failed} failed.`;
}

/** `delivery:orders/Order.Created` is of the kind `delivery`. */
export function kindOf({ id }: Pick<ProofCheck, "id">): string {
  return id.split(":", 1).join("");
}

/** Claims of one kind in one line. */
function summary(checks: Verification["checks"]): string[][] {
  const kinds = new Map<string, Verification["checks"][number][]>();
  for (const check of checks) {
    const kind = kindOf(check);
    kinds.set(kind, [...(kinds.get(kind) ?? []), check]);
  }
  return [...kinds].map(([kind, of]) => {
    const holding = of.filter(({ ok }) => ok).length;
    const cases = of.reduce((sum, check) => sum + check.cases, 0);
    const mark = holding === of.length ? colors.green("✓") : colors.red("✗");
    const [only] = of;
    const title = of.length === 1 && only !== undefined ? only.title : (claims[kind] ?? kind);
    return [`${mark} ${title}`, `${holding} of ${of.length}, ${count(cases, "case")}`];
  });
}

/** What the claims of one kind say together. */
export const claims: Readonly<Record<string, string>> = {
  inventory: "every stack emits what the registry needs, once, and nothing else",
  settings: "everything is set, kept and ordered as the registry says",
  stack: "every stack is deployed into its own account, and its outputs say what its parameters say",
  tags: "everything in every account has the tags of the environment",
  roles: "every role has the path and the permissions boundary of the environment",
  delivery: "every contract reaches exactly the accounts of its routes, their logs and its subscribers, once",
  "sensitive-log": "every log takes every event once, and of sensitive contracts the envelope only",
  sensitive: "what logs hold of sensitive contracts can be read back, and has no detail",
  filter: "content filters pass and keep back what they say",
  "exact-forward": "the forwards carry exactly what the routes name, even without the bus policy",
  forged: "contracts that other accounts claim reach the global bus's log, and nobody",
  "dead-letters": "every target keeps what is refused",
  "publisher-policy":
    "publisher policies grant their own sources on the global bus, deny others there, and say no more",
  "local-bus": "only its forwards and the redrive roles put events on a local bus",
  "forward-role":
    "only the rules of a forward take on its role, which puts events on its own local bus alone",
  "redrive-role":
    "only administrators of its account take on a redrive role, which puts letters where they belong",
  "subscription-role":
    "only the rules of a subscription take on its role, which gives events to its target alone",
  "function-role":
    "Lambda alone takes on the role of a function, which does what its subscription needs, and publishes",
  "function-policies":
    "EventBridge alone is let in to functions, for the rules of subscriptions that name them",
  "exact-subscription": "the rules of subscriptions take exactly what these say",
  "queue-policies": "EventBridge alone writes into the queues, for the account's own rules and bus",
  "log-policies": "EventBridge alone writes into the log groups, for the account's own rules and bus",
  "topic-policy": "nobody's alarms but the account's own reach its topic",
  "key-policy": "customer keys serve what is under them, and nobody else",
  "customer-key": "customer keys encrypt everything, and serve it",
  archive: "archives keep every event once, and no replay again",
  "bus-log": "what buses log of their own work arrives",
  alarms: "alarms watch every rule and queue, and reach people",
  "alarm-messages": "alarms tell of each incident once, soon, and when it is over",
  "alarm-ways": "what tells of an account does not hang on what it tells of",
};

/** The cause first, then what was wanted and what is there, one beneath the other, to be compared by eye. */
function renderCause(one: Cause): string {
  const { id, cause, expected, found, mend, contract, example, account, step, evidence, follows } = one;
  const about = [
    contract,
    example === undefined ? undefined : `example ${example}`,
    account === undefined ? undefined : `account ${account}`,
  ].filter((part) => part !== undefined);
  const line = (label: string, text: string): string[] => [indent(`${`${label}:`.padEnd(9)} ${safe(text)}`)];
  return [
    `${colors.red("✗")} ${safe(cause)}`,
    ...(found === cause ? [] : [...line("expected", expected), ...line("found", found)]),
    ...line("mend", mend),
    ...line("claim", `${id}${about.length === 0 ? "" : ` (${about.join(", ")})`}, ${step}`),
    ...evidence.map((seen) => indent(`          ${safe(seen)}`)),
    ...renderFollowers(id, follows),
    "",
  ].join("\n");
}

/** Claims named that fail because of something else; the rest is counted. */
const namedFollowers = 4;

function renderFollowers(leader: string, follows: Cause["follows"]): string[] {
  const ids = [...new Set(follows.map(({ id }) => id))].filter((id) => id !== leader);
  const again = follows.filter(({ id }) => id === leader).length;
  const more = ids.length > namedFollowers ? `, … and ${ids.length - namedFollowers} more` : "";
  return [
    ...(again === 0
      ? []
      : [
          indent(
            `${count(again, "other case")} of this claim ${again === 1 ? "fails" : "fail"} because of it`,
          ),
        ]),
    ...(ids.length === 0
      ? []
      : [
          indent(
            `${count(ids.length, "other claim")} ${ids.length === 1 ? "fails" : "fail"} because of it: ${ids.slice(0, namedFollowers).map(safe).join(", ")}${more}`,
          ),
        ]),
  ];
}

/** A plan, and the events in it, may be others'. Whole: what a mend depends on must not be cut. */
function safe(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}
