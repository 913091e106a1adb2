import { conformityOf, describeConformity } from "../../../../infra/registry/index.js";
import { envelopeText } from "../../../../rehearsal/local/envelope.js";
import { lambdaEvent } from "../../../../rehearsal/local/lambda-event.js";
import type { LiveEvent } from "../../../../rehearsal/local/event-log.js";
import type { ToldEvent } from "../../../../rehearsal/local/tell.js";
import type { Live } from "../live.js";

/** An event, and all that can be said of it. */
export interface EventView extends ToldEvent {
  /** In what way it is not as its contract says. */
  readonly breach: string | undefined;
  /** For every subscription of the registry, what became of the event there, or why it did not come there. */
  readonly why: readonly Why[];
  /** From the first that led to it, down to all that came of it. */
  readonly tree: Caused | undefined;
  /** How it looks to whoever gets it. */
  readonly as: { readonly queue: unknown; readonly function: unknown; readonly rule: unknown };
  /** A call that publishes it again; in a test, where only AWS can publish it. */
  readonly code: string;
}

export interface Why {
  /** Key of the subscription. */
  readonly subscription: string;
  readonly sentence: string;
}

export interface Caused {
  readonly id: string;
  readonly contract: string;
  readonly by: string;
  readonly outcome: string;
  readonly causes: readonly Caused[];
}

/** @returns undefined if it is not kept */
export function viewEvent({ backbone }: Live, id: string): EventView | undefined {
  const event = backbone.log.byFact(id);
  const told = event && backbone.tell(event.id);
  if (event === undefined || told === undefined) return undefined;
  const { registry, environment } = backbone.stage;
  const { source, detailType } = told;
  const account = environment.accountIds.get(told.account);
  const given = { source, detailType, account, detail: event.entry.Detail ?? "" };
  return {
    ...told,
    breach: describeConformity(conformityOf(registry, given, environment), given),
    why: registry.subscriptions.map(({ key }) => ({
      subscription: key,
      sentence:
        told.refused === undefined ? backbone.why(key, event.id) : "it was not taken, and came nowhere",
    })),
    tree: tree(backbone, root(backbone, told)),
    as: appearances(backbone, event),
    code: "bus" in event.sender ? putOf(told) : sdkCall(event),
  };
}

type Backbone = Live["backbone"];

function root(backbone: Backbone, event: ToldEvent): ToldEvent {
  const cause = event.causedBy === undefined ? undefined : backbone.tell(event.causedBy);
  return cause === undefined || cause.id === event.id ? event : root(backbone, cause);
}

/** A family is drawn so deep, and no deeper. */
const mostGenerations = 30;

function tree(backbone: Backbone, event: ToldEvent | undefined, generation = 0): Caused | undefined {
  if (event === undefined || generation > mostGenerations) return undefined;
  const { id, contract, by, outcome } = event;
  const causes = event.causes.flatMap((cause) => tree(backbone, backbone.tell(cause), generation + 1) ?? []);
  return { id, contract, by, outcome, causes };
}

function appearances({ stage }: Backbone, { entry, id, at, sender }: LiveEvent): EventView["as"] {
  const { region, accountIds } = stage.environment;
  const account = accountIds.get(sender.account) ?? sender.account;
  let body: string;
  try {
    body = envelopeText(entry, { id, at, region, account });
    const rule: unknown = JSON.parse(body);
    const message = {
      id,
      body,
      attributes: {},
      systemAttributes: {},
      senderId: account,
      sentAt: at,
      receiveCount: 1,
      firstReceivedAt: at,
      deadLetterSourceArn: undefined,
      receiptHandle: "<receipt handle>",
      hiddenUntil: at,
    };
    const arn = `arn:aws:sqs:${region}:${account}:<queue>`;
    return {
      rule,
      function: lambdaEvent({ arn }, [message]),
      queue: { MessageId: id, ReceiptHandle: "<receipt handle>", Body: body },
    };
  } catch {
    // Its time or detail is such that there is no event.
    return { rule: entry, function: undefined, queue: undefined };
  }
}

/** EventBridge takes it from nobody but AWS. */
function putOf({ contract, detail = {}, account }: ToldEvent): string {
  const json = JSON.stringify(detail, undefined, 2);
  return `await backbone.put(${JSON.stringify(contract)}, ${json}, { as: ${JSON.stringify(account)} });`;
}

/** For `await`, in a module; the environment's variables say who calls, and where. */
function sdkCall({ entry }: LiveEvent): string {
  return [
    'import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";',
    "",
    "const { FailedEntryCount, Entries } = await new EventBridgeClient().send(",
    "  new PutEventsCommand({",
    `    Entries: [${JSON.stringify(entry, undefined, 2).replaceAll("\n", "\n    ")}],`,
    "  }),",
    ");",
    "if (FailedEntryCount !== 0) throw new Error(JSON.stringify(Entries));",
  ].join("\n");
}
