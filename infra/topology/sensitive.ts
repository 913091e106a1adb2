import type { EventPattern } from "../aws/event-pattern.js";
import { queueRetentionSeconds } from "../aws/limits.js";
import { byText, type Contract, groupBy, sensitiveContracts, sourcesOf } from "../registry/index.js";
import type { Scope } from "./scope.js";

/** What EventBridge writes in place of an event. */
export interface PlannedInputTransformer {
  /** JSONPath by variable. */
  readonly inputPaths: Readonly<Record<string, string>>;
  readonly inputTemplate: string;
}

/**
 * Exactly the events of these contracts, and all others, of which many are of no contract: sources stand beside their own
 * detail-types only, so the complement is what has another source, or one of the sources and another detail-type.
 */
export function sensitivePatterns(contracts: readonly Contract[]): {
  readonly only: EventPattern;
  readonly others: EventPattern;
} {
  const pairs = contracts.flatMap((contract) =>
    sourcesOf(contract).map((source) => ({ source, detailType: contract.detailType })),
  );
  const bySource = groupBy(pairs, ({ source }) => source)
    .map((group) => ({
      source: group[0].source,
      detailTypes: group.map(({ detailType }) => detailType).sort(byText),
    }))
    .sort((left, right) => byText(left.source, right.source));
  const [first, ...rest] = bySource.map(({ source, detailTypes }) => ({
    source: [source],
    "detail-type": detailTypes,
  }));
  if (first === undefined) throw new Error("no contract is sensitive");
  return {
    // One branch is no $or: EventBridge refuses it.
    only: rest.length === 0 ? first : { $or: [first, ...rest] },
    others: {
      $or: [
        { source: [{ "anything-but": bySource.map(({ source }) => source) }] },
        ...bySource.map(({ source, detailTypes }) => ({
          source: [source],
          "detail-type": [{ "anything-but": detailTypes }],
        })),
      ],
    },
  };
}

/** The envelope, as far as people and `find` need it. What may hold any text comes last. */
const envelope = [
  "id",
  "detail-type",
  "source",
  "account",
  "time",
  "region",
  "replay-name",
  "resources",
] as const;

/**
 * Time and envelope, as CloudWatch Logs takes them: the message must be a text, and so is the text of a JSON object, as
 * `find` and log queries read it. EventBridge escapes nothing in the values that it puts between quotes, and takes the
 * quotes out of a list (`resources`); a variable that an event has not (`replay-name`) is empty.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
export const envelopeTransformer: PlannedInputTransformer = {
  inputPaths: Object.fromEntries(envelope.map((field) => [field, `$.${field}`])),
  inputTemplate: `{"timestamp":<time>,"message":${JSON.stringify(
    JSON.stringify(Object.fromEntries(envelope.map((field) => [field, `<${field}>`]))),
  )}}`,
};

/** Where what is sensitive stands in full all the same. */
export function sensitiveWarnings(scope: Scope): string[] {
  const { registry, environment, flows } = scope;
  const keys = new Set(sensitiveContracts(registry).map(({ key }) => key));
  if (keys.size === 0) return [];
  const receivers = flows
    .filter(({ events }) => events.some(({ contracts }) => contracts.some((key) => keys.has(key))))
    .map(({ to }) => to);
  const { archive, encryption, name } = environment;
  const archives = [
    ...(archive === undefined ? [] : [`${registry.backbone} (${archive.retentionDays} days)`]),
    ...receivers.flatMap((member) => {
      const days = archive?.local.get(member);
      return days === undefined ? [] : [`${member} (${days} days)`];
    }),
  ];
  const targets = registry.subscriptions
    .filter(({ routes }) => routes.some(({ contracts }) => contracts.some((key) => keys.has(key))))
    .map(({ key }) => key);
  const places = [
    `the dead-letter queues of ${[registry.backbone, ...receivers].join(", ")} (${queueRetentionSeconds / 86_400} days)`,
    ...(archives.length === 0 ? [] : [`the archives of ${archives.join(", ")}`]),
    ...(targets.length === 0 ? [] : [`what ${targets.join(", ")} give them to`]),
    "the files that dead-letters --discard --to writes",
  ];
  const mend =
    encryption === true || archives.length === 0
      ? ""
      : `; write encryption: true in environments.${name}, so that archives are under a key of your own`;
  return [`${[...keys].join(", ")} (sensitive) stand in full in ${places.join(", ")}${mend}`];
}
