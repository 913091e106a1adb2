import { type EventPattern, matchEvent } from "event-patterns";
import { deliverServiceEvent, logRecordOf, type Rule, type TargetStep } from "eventbridge-simulator";
import { z } from "zod";
import {
  type Contract,
  type JsonObject,
  type Registry,
  sensitiveContracts,
  underEachSource,
} from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure, requireSameEvents, requireThat } from "../claim.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { validPattern } from "../expectations.js";
import { publish, rehearsalTime, type Stage } from "../stage.js";

/** No log holds the detail of a sensitive contract's event, and every event is in the log once. */
export function sensitiveLogChecks(stage: Stage): ProofCheck[] {
  const sensitive = sensitiveContracts(stage.registry);
  const contracts = sensitive.flatMap(underEachSource);
  if (contracts.length === 0) return [];
  return [
    ...[...stage.loaded.accounts.values()].map((account): ProofCheck => ({
      id: `sensitive-log:${account.name}`,
      title: `the log of ${account.name} takes every event once, and of sensitive contracts the envelope only`,
      run: () => {
        const rules = logRules(stage, account);
        const reduced = rules.filter(isReduced);
        const outcomes = [
          outcomeOf([reduced], () => takesSensitive(account, contracts, reduced)),
          outcomeOf(reduced, (rule) => reachesDetail(account, rule)),
          outcomeOf(classesOf(contracts), (one) => takenOnce(account, rules, one)),
          outcomeOf(contracts.slice(0, 1), (contract) => isAdmitted(stage, account, contract)),
        ];
        return {
          cases: outcomes.reduce((sum, { cases }) => sum + cases, 0),
          failures: outcomes.flatMap(({ failures }) => failures),
        };
      },
    })),
    ...sensitive.map((contract): ProofCheck => ({
      id: `sensitive:${contract.key}`,
      title: `what logs hold of ${contract.key} is its time and envelope, to be read back, and no detail`,
      run: () =>
        outcomeOf(publicationsOf(contract), ({ published, detail }) => {
          const { steps } = publish(stage, { contract: published, detail, resources: [mark] });
          return steps
            .filter((step) => step.kind === "target")
            .filter(({ targetKind, outcome }) => targetKind === "log-group" && outcome === "delivered")
            .flatMap((step) => notEnvelope(published, step));
        }),
    })),
  ];
}

function publicationsOf(contract: Contract): { published: Contract; detail: JsonObject }[] {
  return underEachSource(contract).flatMap((published) =>
    contract.examples.map(({ detail }) => ({ published, detail })),
  );
}

/** Every event that is of no sensitive contract, declared or not; of any source and detail-type if none is. */
export function otherEvents(registry: Registry): EventPattern {
  const types = new Map<string, string[]>();
  for (const { source, detailType } of sensitiveContracts(registry).flatMap(underEachSource))
    types.set(source, [...(types.get(source) ?? []), detailType]);
  if (types.size === 0) return validPattern({ source: [{ prefix: "" }] });
  const ofSources = [...types].map(([source, known]) => ({
    source: [source],
    "detail-type": [{ "anything-but": known }],
  }));
  return validPattern({ $or: [{ source: [{ "anything-but": [...types.keys()] }] }, ...ofSources] });
}

/** A rule that writes something else into the log than the event. */
export function isReduced({ targets }: Rule): boolean {
  return targets.some(({ inputTransformer }) => inputTransformer !== undefined);
}

function logRules({ world }: Stage, { bus, logGroup }: LoadedAccount): Rule[] {
  const rules = world.buses.get(bus ?? "")?.rules ?? [];
  return rules.filter(({ enabled, targets }) => enabled && targets.some(({ arn }) => arn === logGroup));
}

function about({ name }: LoadedAccount, attempt: string, mend: string) {
  return { account: name, step: "event log", attempt, mend };
}

function takesSensitive(
  account: LoadedAccount,
  contracts: readonly Contract[],
  rules: readonly Rule[],
): ProofFailure[] {
  const named = rules.map(({ arn }) => arn).join(", ") || "no enabled rule";
  return requireSameEvents(
    about(
      account,
      `what logs envelopes on the bus of ${account.name} (${named})`,
      "let one rule of the log take exactly the contracts that are sensitive, and its target have the input transformer that leaves detail out",
    ),
    contracts.map(({ source, detailType }) =>
      validPattern({ source: [source], "detail-type": [detailType] }),
    ),
    rules.map(({ pattern }) => pattern),
  );
}

/** What a template may take from an event: no example can show that it takes nothing else. */
const ofEnvelope =
  /^\$\.(?:version|id|detail-type|source|account|time|region|replay-name|resources(?:\[\d+\])?)$/;

function reachesDetail(account: LoadedAccount, { arn, targets }: Rule): ProofFailure[] {
  return targets.flatMap(
    ({ inputTransformer: { inputPaths, inputTemplate } = { inputPaths: {}, inputTemplate: "" } }) => {
      const beyond = [
        ...Object.values(inputPaths).filter((path) => !ofEnvelope.test(path)),
        ...[...inputTemplate.matchAll(/<(aws\.[^<>]+)>/g)].map(([, name = ""]) => name),
      ];
      return requireThat(beyond.length === 0, {
        ...about(
          account,
          `rule ${arn} of the event log writes ${beyond.join(", ")}, which is more than the envelope`,
          "let the input transformer take fields of the envelope only, such as $.id and $.detail-type",
        ),
        at: [arn],
      });
    },
  );
}

interface EventClass {
  readonly source: string;
  readonly detailType: string;
}

/**
 * The patterns ask for the sources and detail-types of contracts and for nothing else, as has been compared, so these
 * events decide for all.
 */
function* classesOf(contracts: readonly Contract[]): Generator<EventClass> {
  const other = "something else";
  for (const source of new Set([...contracts.map((one) => one.source), other]))
    for (const detailType of new Set([...contracts.map((one) => one.detailType), other]))
      yield { source, detailType };
}

function takenOnce(
  account: LoadedAccount,
  rules: readonly Rule[],
  { source, detailType }: EventClass,
): ProofFailure[] {
  const event = { source, "detail-type": detailType, detail: {} };
  const taking = rules.filter(({ pattern }) => matchEvent(pattern, event));
  return requireThat(
    taking.length === 1,
    about(
      account,
      `${taking.length} rules of the event log take ${source} "${detailType}", not one: ${taking.map(({ arn }) => arn).join(", ") || "nobody logs it"}`,
      "let the two rules of the log take what is sensitive, and everything else",
    ),
  );
}

/** The log lets the second rule write, also where no route brings a sensitive contract yet. */
function isAdmitted(
  { world }: Stage,
  account: LoadedAccount,
  { source, detailType }: Contract,
): ProofFailure[] {
  const id = `rehearsal-${account.name}`;
  const { bus = "", logGroup = "" } = account;
  const time = rehearsalTime;
  const event = {
    id,
    source,
    "detail-type": detailType,
    time,
    account: account.id,
    resources: [],
    detail: {},
  };
  const { steps } = deliverServiceEvent(world, bus, { ...event, region: account.region });
  return steps
    .filter((step) => step.kind === "target")
    .filter(({ to }) => to === logGroup)
    .flatMap(({ rule, outcome }) =>
      requireThat(
        outcome === "delivered",
        about(
          account,
          `${logGroup} does not take what rule ${rule} of the event log writes`,
          "let the log group's policy admit both rules of the log",
        ),
      ),
    );
}

const mark = "event-backbone:canary:rehearsal";

const line = z.strictObject({
  id: z.string(),
  "detail-type": z.string(),
  source: z.string(),
  time: z.string(),
  account: z.string().optional(),
  region: z.string().optional(),
  "replay-name": z.string().optional(),
  resources: z.string(),
});

function notEnvelope(contract: Contract, { rule, to, input, eventId }: TargetStep): ProofFailure[] {
  const failure = (problem: string): ProofFailure[] => [
    {
      contract: contract.key,
      step: "event log",
      problem: `${to} holds ${problem} of ${contract.key}, by rule ${rule}`,
      mend: "let the rule for sensitive contracts take it, and the target's input transformer write its envelope as the text of a JSON object",
      evidence: input === undefined ? [] : [input],
    },
  ];
  if (input === undefined) return failure("the whole event");
  const written = logRecordOf(input);
  const read = line.safeParse(readJson(written?.message ?? ""));
  if (written === undefined || !read.success) return failure("something else than the envelope");
  const { data } = read;
  const isRight =
    data.id === eventId &&
    data.source === contract.source &&
    data["detail-type"] === contract.detailType &&
    data.time === written.timestamp &&
    data.resources.includes(mark);
  return isRight ? [] : failure("a wrong envelope");
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
