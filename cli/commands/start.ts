import { Option } from "commander";
import type { World } from "eventbridge-simulator";
import colors from "picocolors";
import { type Contract, formatProblem, type Registry, type Story } from "../../infra/registry/index.js";
import type { Topology } from "../../infra/topology/index.js";
import type { RecordedPlan } from "../../rehearsal/emission/plan-file.js";
import { HandlersError, type PlayedStory, playStories, titleOfOrigin } from "../../rehearsal/local/index.js";
import { openStage, type Stage } from "../../rehearsal/stage.js";
import { exampleEntry, type Trace, traceEvent } from "../../rehearsal/trace.js";
import type { Verification } from "../../rehearsal/verify.js";
import { tellRegistry } from "../../views/contracts.js";
import { renderMatrix } from "../../views/matrix.js";
import { renderRoom } from "../../views/quotas.js";
import { count, indent, renderTable, section } from "../../views/table.js";
import { Failure } from "../errors.js";
import { evaluateAll, requireTopology } from "../project/evaluate.js";
import { projectFolder } from "../project/registry.js";
import { defineCommand, type SharedOptions } from "./command.js";
import { renderTrace } from "./trace.js";
import { kindOf, renderFailures, renderVerdict, renderVerification } from "./verify/report.js";
import { prove } from "./verify/verify.js";

interface StartOptions extends SharedOptions {
  readonly all?: boolean;
}

export const startCommand = defineCommand<StartOptions>({
  name: "start",
  description: "rehearse the whole backbone: who receives what, the proof, the stories (npm start)",
  options: [
    new Option("--all", "show every claim of the proof, and every statement and rule of the stories"),
  ],
  takes: ["cache"],
  json: "{ environment, plan, verification, stories: [{ name, title, traces, played?: { ok, told, missing } }] }, each as plan, verify and trace print it",
  run: async ({ options, project, answer }) => {
    const opened = await project();
    const { registry, environment } = opened;
    const topology = requireTopology(opened);
    const plan = await evaluateAll(opened, topology, options);
    const rehearsed = openStage(registry, environment, plan);
    const verification = prove(rehearsed, environment);
    const stage = rehearsed.ok ? rehearsed.stage : undefined;
    const played = stage === undefined ? undefined : await playAll(stage);
    const stories =
      stage === undefined
        ? []
        : registry.stories.map((story) => ({ ...tellStory(stage, story), played: played?.get(story.name) }));
    await answer({
      json: () => ({
        environment: environment.name,
        plan: { ...plan, ...tellRegistry(registry) },
        verification,
        stories: stories.map(({ name, title, steps, played: of }) => ({
          name,
          title,
          traces: steps.map(({ trace }) => trace),
          ...(of === undefined ? {} : { played: of }),
        })),
      }),
      text: () =>
        renderRehearsal(
          { registry, topology, plan, verification, stories, world: stage?.world },
          options.all === true,
        ),
    });
    return verification.ok && stories.every(({ played: of }) => of?.ok !== false);
  },
});

/** Stories as they go with the services' code; undefined where no subscription has any. */
async function playAll(stage: Stage): Promise<ReadonlyMap<string, PlayedStory> | undefined> {
  const { subscriptions, stories } = stage.registry;
  if (!subscriptions.some(({ target }) => target.kind === "madeFunction")) return undefined;
  try {
    return await playStories(stage, stories, projectFolder);
  } catch (error) {
    throw error instanceof HandlersError ? new Failure(error.message) : error;
  }
}

/** A story, step by step: every contract as its owner publishes the example, or AWS puts it on its bus. */
function tellStory(stage: Stage, { name, title, steps }: Story): ToldStory {
  return {
    name,
    title,
    steps: steps.flatMap((key) => {
      const contract = stage.registry.contracts.get(key);
      return contract === undefined
        ? []
        : [{ contract, trace: traceEvent(stage, exampleEntry(contract), contract.account) }];
    }),
  };
}

/** What a whole rehearsal has found. */
export interface Rehearsal {
  readonly registry: Registry;
  readonly topology: Topology;
  readonly plan: RecordedPlan;
  readonly verification: Verification;
  readonly stories: readonly ToldStory[];
  /** Undefined if the plan could not be loaded: then there are no stories. */
  readonly world: World | undefined;
}

export interface ToldStory {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly { readonly contract: Contract; readonly trace: Trace }[];
  /** As it went with the services' code, if there is any. */
  readonly played?: PlayedStory | undefined;
}

/** What people want to know first comes first; with `all`, every claim, statement and rule. */
export function renderRehearsal(rehearsal: Rehearsal, all: boolean): string {
  const { registry, topology, verification, stories, world } = rehearsal;
  const warnings = [...registry.warnings.map(formatProblem), ...topology.warnings];
  return [
    section(`Who receives what in ${verification.environment}`, renderMatrix(registry)),
    all ? renderVerification(verification) : renderInShort(verification),
    "",
    ...stories.map((story) => section(`Story: ${story.title}`, renderStory(story, all ? world : undefined))),
    section(
      `Stacks (npx backbone plan --env ${verification.environment} shows what is in them)`,
      `${renderStacks(rehearsal.plan)}\n${renderRoom(topology)}`,
    ),
    ...warnings.map((warning) => `${colors.yellow("warning:")} ${warning}`),
  ]
    .join("\n")
    .trimEnd();
}

/** What the claims of the proof come to, by kind; every kind of claim stands under one of them. */
export const promises = [
  {
    says: "AWS takes what is emitted, and the proof knows all that it does",
    kinds: ["emitted-resources"],
  },
  {
    says: "every event reaches the accounts of its routes and what subscribes there, once, and no others",
    kinds: [
      "patterns",
      "delivery",
      "filter",
      "exact-forward",
      "exact-subscription",
      "make-before-break",
      "opening",
    ],
  },
  {
    says: "nobody publishes what is not theirs: other sources, undeclared types, strangers",
    kinds: ["global-bus", "publisher-policy", "forged"],
  },
  {
    says: "nothing gets onto a local bus but by its forward, and nothing goes back",
    kinds: ["local-bus", "forward-role"],
  },
  {
    says: "what is refused is kept, can be given back to who lacks it, and cannot be forged",
    kinds: ["dead-letters", "queue-policies", "redrive-role"],
  },
  {
    says: "what the registry needs is there, once, set and kept as it says, and AWS takes it",
    kinds: ["inventory", "settings", "stack", "limits"],
  },
  {
    says: "no policy and no role allows more than the registry needs",
    kinds: [
      "roles",
      "log-policies",
      "topic-policy",
      "key-policy",
      "subscription-role",
      "function-role",
      "function-policies",
    ],
  },
  {
    says: "no log holds the detail of what is sensitive, and every event is logged once",
    kinds: ["sensitive-log", "sensitive"],
  },
  {
    says: "logs, and whatever is switched on of archives, keys, alarms and trail, do their work",
    kinds: [
      "bus-log",
      "archive",
      "customer-key",
      "alarms",
      "alarm-messages",
      "alarm-ways",
      "routing-watch",
      "tags",
    ],
  },
] as const satisfies readonly { readonly says: string; readonly kinds: readonly string[] }[];

function renderInShort(verification: Verification): string {
  const { checks } = verification;
  const known = new Set<string>(promises.flatMap(({ kinds }) => [...kinds]));
  const rows = [
    ...promises.map(({ says, kinds }) => ({
      says,
      of: checks.filter((check) => kinds.some((kind) => kind === kindOf(check))),
    })),
    { says: "and the rest", of: checks.filter((check) => !known.has(kindOf(check))) },
  ].filter(({ of }) => of.length > 0);
  return [
    section(
      `Proof for ${verification.environment} (--all shows every claim)`,
      rows
        .map(({ says, of }) => `${of.every(({ ok }) => ok) ? colors.green("✓") : colors.red("✗")} ${says}`)
        .join("\n"),
    ),
    ...renderFailures(verification),
    renderVerdict(verification),
  ].join("\n");
}

function renderStory(story: ToldStory, world: World | undefined): string {
  const steps = renderSteps(story, world);
  if (story.played === undefined) return steps;
  const { ok, told, missing } = story.played;
  const verdict = ok
    ? `${colors.green("✓")} with the services' own code:`
    : `${colors.red("✗")} with the services' own code${missing.length === 0 ? "" : `, ${missing.join(", ")} did not happen`}:`;
  return [steps, verdict, indent(told)].join("\n");
}

/** @param world tells every statement and rule; without it, only the way of an event that arrives */
function renderSteps({ steps }: ToldStory, world: World | undefined): string {
  return steps
    .map(({ contract, trace }, index) =>
      [
        `${index + 1}. ${contract.description}`,
        indent(
          world === undefined ? renderWay(contract, trace) : renderTrace(trace, { everyRule: false, world }),
        ),
      ].join("\n"),
    )
    .join("\n");
}

function renderWay({ key, source, detailType, account, origin }: Contract, trace: Trace): string {
  const { accepted, deliveries, lost, undecided } = trace;
  if (!accepted || lost.length > 0 || undecided.length > 0) {
    const whose = origin === undefined ? account : source;
    return `${colors.red("✗")} ${detailType} of ${whose} does not arrive everywhere (npx backbone start --all tells why: ${key})`;
  }
  const ways = deliveries.map(({ bus, via }) => `${bus} (by ${via})`);
  const happens =
    origin === undefined
      ? `${account} publishes ${detailType}`
      : `${source} puts ${detailType} on ${titleOfOrigin({ ...origin, accounts: [account] })}`;
  return `${colors.green("✓")} ${happens} → ${ways.length === 0 ? "nobody" : ways.join(", ")}`;
}

/** More stacks than this are summed up. */
const fewStacks = 12;

function renderStacks({ stacks }: RecordedPlan): string {
  const rows = stacks
    .slice(0, fewStacks)
    .map(({ stack, accountId, region, resources }) => [
      stack,
      accountId,
      region,
      count(resources.length, "resource"),
    ]);
  const rest = stacks.slice(fewStacks);
  const more = rest.reduce((sum, { resources }) => sum + resources.length, 0);
  return [
    renderTable(
      [{ title: "Stack" }, { title: "Account" }, { title: "Region" }, { title: "", align: "right" }],
      rows,
    ),
    ...(rest.length === 0 ? [] : [`and ${count(rest.length, "stack")} more with ${count(more, "resource")}`]),
  ].join("\n");
}
