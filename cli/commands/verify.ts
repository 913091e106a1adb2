import colors from "picocolors";
import { type Environment, RegistryError } from "../../infra/registry/index.js";
import { TopologyError } from "../../infra/topology/index.js";
import { type Opening, openStage } from "../../rehearsal/stage.js";
import { type Verification, type VerificationFailure, verifyOpened } from "../../rehearsal/verify.js";
import { count, indent, renderTable, section } from "../../views/table.js";
import { emittedPlan } from "../project/evaluate.js";
import { printable } from "../terminal/printable.js";
import { Progress } from "../terminal/progress.js";
import { defineCommand } from "./command.js";

export const verifyCommand = defineCommand({
  name: "verify",
  description: "prove from the emitted resources who receives what, and who cannot",
  takes: ["plan", "cache"],
  json: "{ ok, environment?, checks: [{ id, title, ok, cases }], failures: [{ check, contract?, example?, account?, step, problem, mend, evidence }], notes }",
  answerTo: (error, environment) => {
    const failures = failuresOf(error);
    return failures.length === 0
      ? undefined
      : { ok: false, environment: environment?.name, checks: [], failures, notes: [] };
  },
  run: async ({ options, project, answer }) => {
    const opened = await project();
    const plan = await emittedPlan(opened, options);
    const verification = prove(openStage(opened.registry, opened.environment, plan), opened.environment);
    await answer({ json: () => verification, text: () => renderVerification(verification) });
    return verification.ok;
  },
});

export function prove(opened: Opening, environment: Environment): Verification {
  const progress = new Progress("checks done");
  const verification = verifyOpened(opened, environment, (done, total) => {
    progress.report(done, total);
  });
  progress.end();
  return verification;
}

function failuresOf(error: unknown): VerificationFailure[] {
  const common = { check: "registry", evidence: [] };
  if (error instanceof RegistryError) {
    const step = "read the registry";
    const mend = "correct the registry where the path points";
    return error.problems.map(({ path, message }) => ({
      ...common,
      step,
      problem: `${path}: ${message}`,
      mend,
    }));
  }
  if (error instanceof TopologyError) {
    const step = "plan the topology within the quotas";
    const mend = "need less of the quota, or have it raised where AWS can";
    return error.problems.map((problem) => ({ ...common, step, problem, mend }));
  }
  return [];
}

/** Failures shown in full; a broken bus policy can break hundreds of claims at once. */
const shownFailures = 20;

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

/** What failed, and what could not be proven. */
export function renderFailures({ failures, notes }: Verification): string[] {
  return [
    ...failures.slice(0, shownFailures).map(renderFailure),
    ...(failures.length > shownFailures
      ? [`… and ${failures.length - shownFailures} more (see verify --json)\n`]
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
export function kindOf({ id }: Verification["checks"][number]): string {
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
  delivery: "every contract reaches exactly the accounts of its routes, and their logs, once",
  "sensitive-log": "every log takes every event once, and of sensitive contracts the envelope only",
  sensitive: "what logs hold of sensitive contracts can be read back, and has no detail",
  filter: "content filters pass and keep back what they say",
  "exact-forward": "the forwards carry exactly what the routes name, even without the bus policy",
  "dead-letters": "every target keeps what is refused",
  "forged-letters": "nobody but AWS services can write a dead letter, and so have it put on a bus",
  redrive: "dead letters can be put back where they belong",
  "redrive-elsewhere": "redrive roles can put events nowhere else, and touch no other queue",
  "redrive-role": "only administrators of its own account can take on a redrive role",
  "outside-organisation": "members outside the organisation are admitted by their account ids",
  spoofing: "no account can publish another's contract",
  "undeclared-source": "no account can publish under an undeclared source",
  "undeclared-detail-type": "no service can publish an undeclared detail-type",
  "mixed-batch": "a good event carries no bad one through",
  direct: "nobody can put events on a local bus directly",
  "forged-forward": "no rule but its own forward can send to a local bus",
  backwards: "no member can forward back to the global bus",
  "customer-key": "customer keys serve what they encrypt, and nobody else",
  archive: "archives keep every event once, and no replay again",
  "bus-log": "what buses log of their own work arrives, and nobody else's does",
  alarms: "alarms watch every rule and queue and reach people, and nobody else's do",
  "alarm-messages": "alarms tell of each incident once, soon, and when it is over",
  "alarm-ways": "what tells of an account does not hang on what it tells of",
  "foreign-delivery": "foreign rules can write neither to logs nor to dead-letter queues",
};

function renderFailure({
  check,
  contract,
  example,
  account,
  step,
  problem,
  mend,
  evidence,
}: VerificationFailure): string {
  const about = [
    contract,
    example === undefined ? undefined : `example ${example}`,
    account === undefined ? undefined : `account ${account}`,
  ].filter((part) => part !== undefined);
  return [
    `${colors.red("✗")} ${safe(`${check}${about.length === 0 ? "" : ` (${about.join(", ")})`}`)}`,
    indent(`step:    ${safe(step)}`),
    indent(`problem: ${safe(problem)}`),
    indent(`mend:    ${safe(mend)}`),
    ...evidence.map((line) => indent(`         ${safe(line)}`)),
    "",
  ].join("\n");
}

/** A plan, and the events in it, may be others'. Whole: what a mend depends on must not be cut. */
function safe(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY);
}
