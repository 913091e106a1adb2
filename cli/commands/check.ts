import colors from "picocolors";
import {
  formatProblem,
  type Inactive,
  inactiveIn,
  type PublishedBySeveral,
  publishedBySeveral,
  type QuietFact,
  quietFacts,
  type Registry,
  RegistryError,
  type SharedDefaultBus,
  sharedDefaultBuses,
} from "../../infra/registry/index.js";
import { planTopology, type Topology } from "../../infra/topology/index.js";
import { renderMatrix } from "../../views/matrix.js";
import { renderSubscriptions } from "../../views/subscriptions.js";
import { renderQuotas } from "../../views/quotas.js";
import { count, renderTable, section } from "../../views/table.js";
import { Failure } from "../errors.js";
import { stacksOf } from "../project/stacks.js";
import { defineCommand } from "./command.js";

export const checkCommand = defineCommand({
  name: "check",
  description: "check the registry and the quotas; evaluates nothing",
  json: "{ ok, environment?, problems: [{ path, message }], warnings: [text], quotas: [{ quota, where, used, limit }], supportCases?: [text], room?, throughput?: { quotas: [{ quota, where, used, limit }], contracts, withoutPeak }, inactive?: [{ what, why }], publishedBySeveral?: [{ what, by: [text], so }], awsEvents?: { notes: [{ about, says, source }], sharedDefaultBuses: [{ accountId, environments: [text] }], listedAccounts: [{ bus, count }] }, boundary?: { name, allows: [{ accounts, actions }] } }",
  answerTo: (error) =>
    error instanceof RegistryError
      ? { ok: false, problems: error.problems, warnings: [], quotas: [] }
      : undefined,
  run: async ({ options, project, answer }) => {
    const opened = await project();
    const { registry, environment } = opened;
    const topology = planTopology(opened.source.registry, environment);
    const warnings = [
      ...registry.warnings.map(formatProblem),
      ...topology.warnings,
      ...stacksOf(opened.source, environment).warnings,
    ];
    const inactive = inactiveIn(opened.source.registry, environment);
    const several = publishedBySeveral(registry);
    const aws = awsEventsOf(registry, opened.source.registry, topology);
    await answer({
      json: () => toJson(topology, warnings, inactive, several, aws),
      text: () => renderCheck(registry, topology, warnings, inactive, several, aws),
    });
    const { problems } = topology;
    if (problems.length > 0 && options.json !== true)
      throw new Failure(problems.map((problem) => `error: ${problem}`).join("\n"));
    return problems.length === 0;
  },
});

/** What is to be known of events of AWS, though nothing is wrong. */
interface AwsEventsNotes {
  readonly notes: readonly QuietFact[];
  readonly sharedDefaultBuses: readonly SharedDefaultBus[];
  /** Where no organisation stands for them, how many accounts a bus's policy lists as senders. */
  readonly listedAccounts: readonly { readonly bus: string; readonly count: number }[];
}

/** @param whole the registry with all its environments */
function awsEventsOf(registry: Registry, whole: Registry, topology: Topology): AwsEventsNotes | undefined {
  const { environment, stacks } = topology;
  if ([...registry.contracts.values()].every(({ origin }) => origin === undefined)) return undefined;
  return {
    notes: quietFacts(registry, environment),
    sharedDefaultBuses: sharedDefaultBuses(whole, environment),
    listedAccounts: [...stacks.values()].flatMap(({ bus }) =>
      bus.policy.Statement.filter(({ Sid }) => Sid === "AllowEventsOfAwsFrom").map(({ Principal }) => ({
        bus: bus.name,
        count: typeof Principal === "object" && "AWS" in Principal ? [Principal.AWS].flat().length : 0,
      })),
    ),
  };
}

function renderAwsEvents({ notes, sharedDefaultBuses: shared, listedAccounts }: AwsEventsNotes): string {
  return [
    ...notes.map(({ about, says, source }) => `${about}: ${says} (${source})`),
    ...shared.map(
      ({ accountId, environments }) =>
        `AWS account ${accountId} has one default bus for ${environments.join(" and ")}: each gets the other's events.`,
    ),
    ...listedAccounts.map(
      ({ bus, count: number }) =>
        `bus ${bus} lists ${count(number, "sending account")} in its policy, which some 250 fill at the default quota; an organizationId in the environment stands for all of them.`,
    ),
  ].join("\n");
}

function toJson(
  topology: Topology,
  warnings: readonly string[],
  inactive: readonly Inactive[],
  several: readonly PublishedBySeveral[],
  aws: AwsEventsNotes | undefined,
): unknown {
  const { throughput } = topology;
  return {
    ok: topology.problems.length === 0,
    environment: topology.environment.name,
    problems: topology.problems.map((message) => ({
      path: `environments.${topology.environment.name}.quotas`,
      message,
    })),
    warnings,
    quotas: topology.quotaUsage.map(({ quota, where, used, limit }) => ({ quota, where, used, limit })),
    ...(topology.supportCases.length === 0 ? {} : { supportCases: topology.supportCases }),
    room: { services: topology.roomForServices, members: topology.roomForMembers },
    ...(throughput === undefined ? {} : { throughput }),
    ...(inactive.length === 0 ? {} : { inactive }),
    ...(several.length === 0 ? {} : { publishedBySeveral: several }),
    ...(aws === undefined ? {} : { awsEvents: aws }),
    ...(topology.boundary === undefined ? {} : { boundary: topology.boundary }),
  };
}

function renderCheck(
  registry: Registry,
  topology: Topology,
  warnings: readonly string[],
  inactive: readonly Inactive[],
  several: readonly PublishedBySeveral[],
  aws: AwsEventsNotes | undefined,
): string {
  const { name } = topology.environment;
  const size = [
    count(registry.members.length, "member"),
    count(registry.services.size, "service"),
    count(registry.contracts.size, "contract"),
    count(registry.routes.length, "route"),
    ...(registry.subscriptions.length === 0 ? [] : [count(registry.subscriptions.length, "subscription")]),
  ].join(", ");
  return [
    section(`Registry holds: ${size}`, renderMatrix(registry)),
    ...(registry.subscriptions.length === 0
      ? []
      : [section("Subscriptions", renderSubscriptions(registry.subscriptions))]),
    ...(inactive.length === 0 ? [] : [section(`Not in ${name}`, renderInactive(inactive))]),
    ...(several.length === 0 ? [] : [section("Published by several", renderSeveral(several))]),
    section(`Quotas of ${name}`, renderQuotas(topology)),
    ...(topology.supportCases.length === 0
      ? []
      : [section("To ask AWS for", topology.supportCases.join("\n"))]),
    ...renderBoundary(topology.boundary),
    ...(aws === undefined ? [] : [section("Events of AWS", renderAwsEvents(aws))]),
    ...warnings.map((warning) => `${colors.yellow("warning:")} ${warning}`),
  ].join("\n");
}

function renderSeveral(several: readonly PublishedBySeveral[]): string {
  return renderTable(
    [{ title: "What" }, { title: "Published by" }, { title: "So it" }],
    several.map(({ what, by, so }) => [what, by.join(", "), so]),
  );
}

function renderInactive(inactive: readonly Inactive[]): string {
  return renderTable(
    [{ title: "What" }, { title: "Why" }],
    inactive.map(({ what, why }) => [what, why]),
  );
}

function renderBoundary(boundary: Topology["boundary"]): string[] {
  if (boundary === undefined) return [];
  const { name, allows } = boundary;
  const table = renderTable(
    [{ title: "In" }, { title: "Must allow" }],
    allows.flatMap(({ accounts, actions }) =>
      actions.map((action, index) => [index === 0 ? accounts.join(", ") : "", action]),
    ),
  );
  return [section(`Permissions boundary ${name}`, table)];
}
