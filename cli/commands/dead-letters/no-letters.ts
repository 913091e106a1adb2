import { logRulesOf, type StackPlan, type Topology } from "../../../infra/topology/index.js";
import type { LetterQueue } from "../../../operations/dead-letters/letter-queues.js";
import type { RuleList } from "../../../operations/rules.js";
import { section } from "../../../views/table.js";
import { backboneCommand, type CommandContext } from "../../terminal/command-line.js";
import { printable } from "../../terminal/printable.js";
import { lettersCommand } from "./fates.js";

/** How many letters there are, about, in a queue of what a consumer gave up; undefined if it cannot be asked. */
export interface GivenUp {
  readonly queue: LetterQueue;
  readonly letters: number | undefined;
}

/** Those that have any, and those that nobody knows of. */
export function renderGivenUp(
  queues: readonly GivenUp[],
  { account, context }: { readonly account: StackPlan; readonly context: CommandContext },
): string[] {
  const lines = queues.flatMap(({ queue, letters }) => {
    if (letters === 0) return [];
    const number = letters === undefined ? "could not be counted" : `about ${letters.toLocaleString("en")}`;
    return [`${queue.as}: ${number}: ${lettersCommand(account.account, queue, [], context)}`];
  });
  return lines.length === 0
    ? []
    : [section("What consumers gave up, in queues of their own", lines.join("\n"))];
}

export function givenUpToJson(
  queues: readonly GivenUp[] | undefined,
): readonly { readonly queue: string; readonly letters: number | undefined }[] | undefined {
  return queues?.map(({ queue, letters }) => ({ queue: queue.as, letters }));
}

/** The rules that stand on a bus, and the names of those that the plan has there. */
export interface BusRules {
  readonly bus: string;
  readonly planned: readonly string[];
  readonly listing: RuleList;
}

/** What the plan has on an account's own bus, and on others from which it forwards events of AWS. */
export function plannedRules({ bus, log, forwards, ...plan }: StackPlan): Omit<BusRules, "listing">[] {
  const own = forwards.filter(({ busName }) => busName === undefined);
  const subscriptions = plan.kind === "member" ? plan.subscriptions : [];
  return [
    {
      bus: bus.name,
      planned: [...logRulesOf(log), ...[...own, ...subscriptions].flatMap(({ rules }) => namesOf(rules))],
    },
    ...[...new Set(forwards.flatMap(({ busName }) => busName ?? []))].map((name) => ({
      bus: name,
      planned: forwards.filter(({ busName }) => busName === name).flatMap(({ rules }) => namesOf(rules)),
    })),
  ];
}

function namesOf(rules: readonly { readonly name: string }[]): string[] {
  return rules.map(({ name }) => name);
}

/** What else it can be that an event did not do its work, if the queue has no letter about it. */
export function renderElsewhere(
  topology: Topology,
  account: StackPlan,
  buses: readonly BusRules[],
  context: CommandContext,
  redeploy: string,
): string {
  return section(
    "If an event is missing all the same",
    [
      ...buses.flatMap((one) => ruleStates(account, one, redeploy)),
      ...expired(topology, account, context),
      ...otherQueues(account, context),
      `it arrived, and the consumer failed: ${backboneCommand(["find", "--detail", "<field>=<value>", "--since", "1d"], context)}`,
    ].join("\n"),
  );
}

/** A rule that is gone or disabled leaves no letter. */
function ruleStates(
  { region, bus: own }: StackPlan,
  { bus, planned, listing }: BusRules,
  redeploy: string,
): string[] {
  if (listing.kind === "unknown") return [`rules: ${printable(listing.because)}`];
  const standing = new Map(listing.rules.map((rule) => [rule.name, rule]));
  const missing = planned.filter((name) => !standing.has(name));
  const disabled = listing.rules.filter(({ isEnabled }) => !isEnabled).map(({ name }) => name);
  return [
    ...missing.map((name) => `rule ${name} is not on ${bus}: ${redeploy}`),
    ...disabled.map((name) => {
      const enable = `aws events enable-rule --event-bus-name ${bus} --name ${name} --region ${region}`;
      return `rule ${printable(name)} on ${bus} is disabled: ${printable(enable)}`;
    }),
    ...(missing.length + disabled.length === 0
      ? [
          `rules: ${bus === own.name ? `the ${listing.rules.length}` : "ours"} on ${bus} are enabled, those of the plan among them`,
        ]
      : []),
  ];
}

/** Letters end with the queue's retention; the archive may still have the event. */
function expired({ stacks }: Topology, account: StackPlan, context: CommandContext): string[] {
  const backbone = [...stacks.values()].find(({ kind }) => kind === "backbone");
  if (backbone?.archive === undefined) return ["its letter expired: gone, as the global bus has no archive"];
  const receiver = account.kind === "member" ? ["--account", account.account] : [];
  const replay = ["replay", "--from", "15d", "--to", "14d", ...receiver, "--dry-run"];
  const butAws = account.forwards.some(({ busName }) => busName !== undefined)
    ? ", unless it is one of AWS"
    : "";
  return [
    `its letter expired in the last day: the archive may have the event${butAws}: ${backboneCommand(replay, context)}`,
  ];
}

function otherQueues(account: StackPlan, context: CommandContext): string[] {
  const members = new Set(account.forwards.map(({ member }) => member));
  members.delete(account.account);
  return [
    ...[...members].map(
      (member) =>
        `refused by a rule's target in ${member}: ${backboneCommand(["dead-letters", member], context)}`,
    ),
    ...(account.encryption === undefined
      ? []
      : [
          `not encrypted by the bus: ${backboneCommand(["dead-letters", account.account, "--queue", "encryption-failures"], context)}`,
        ]),
  ];
}
