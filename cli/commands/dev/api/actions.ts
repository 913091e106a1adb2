import type { PutEventsEntry } from "eventbridge-simulator";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { conformityOf, type Contract, describeConformity } from "../../../../infra/registry/index.js";
import type { Faults } from "../../../../rehearsal/local/faults.js";
import {
  isOfAws,
  type OriginBus,
  originBusOf,
  type Sender,
  senderOf,
} from "../../../../rehearsal/local/senders.js";
import { messageOf } from "../../../errors.js";
import type { Live } from "../live.js";
import { RequestError } from "./request.js";

const detail = z.record(z.string(), z.unknown());

export const published = z.strictObject({
  /** Key. */
  contract: z.string(),
  /** Default: the contract's example. */
  detail: detail.optional(),
  /** Service or account. Default: the contract's owner; of events of AWS the first account that they come from. */
  as: z.string().optional(),
});

/** One event of a contract; what is wrong with it is no reason not to send it. */
export function publish(
  { backbone }: Live,
  { contract, detail: given, as }: z.output<typeof published>,
): Published {
  const found = contractNamed(backbone, contract);
  const sender = senderNamed(backbone, found, as);
  const detail = given ?? found.example;
  return put(backbone, sender, {
    Source: found.source,
    DetailType: found.detailType,
    Detail: JSON.stringify("bus" in sender ? detail : withMetadata(detail)),
  });
}

export const repeated = z.strictObject({
  id: z.string(),
  /** Default: who published it. */
  as: z.string().optional(),
  /** In place of what it said; then it is another event. */
  detail: detail.optional(),
});

/** An event once more, as it was: whoever does things once knows it again. */
export function again({ backbone }: Live, { id, as, detail: changed }: z.output<typeof repeated>): Published {
  const event = backbone.log.byFact(id);
  if (event === undefined)
    throw new RequestError(404, `there is no event ${JSON.stringify(id)}, or no longer`);
  const { contract } = event;
  const sender = as === undefined ? event.sender : senderNamed(backbone, contract, as);
  const detail = changed === undefined || "bus" in sender ? changed : withMetadata(changed);
  return put(backbone, sender, {
    ...event.entry,
    ...(detail === undefined ? {} : { Detail: JSON.stringify(detail) }),
  });
}

export const checked = z.strictObject({ contract: z.string(), detail });

/** In what way a detail is not as its contract says. */
export function check(
  { backbone }: Live,
  { contract, detail: given }: z.output<typeof checked>,
): { readonly problem: string | undefined } {
  const { source, detailType, account } = contractNamed(backbone, contract);
  const { registry, environment } = backbone.stage;
  const conformity = conformityOf(
    registry,
    { source, detailType, account: environment.accountIds.get(account), detail: JSON.stringify(given) },
    environment,
  );
  return { problem: describeConformity(conformity, { source, detailType }) };
}

const times = z.number().int().min(0).max(1_000_000);

export const spoiled = z.strictObject({
  subscription: z.string(),
  failTimes: times.optional(),
  delaySeconds: z.number().int().min(0).max(900).optional(),
  deliverTwice: times.optional(),
  loseAnswers: times.optional(),
});

/** What is to go wrong with a subscription from now on; what is not said stays as it is. */
export function spoil({ backbone }: Live, { subscription, ...faults }: z.output<typeof spoiled>): Faults {
  return asked(() => {
    const now = backbone.faults(subscription);
    for (const [name, value] of Object.entries(faults))
      Object.assign(now, value === undefined ? {} : { [name]: value });
    return { ...now };
  });
}

export const redriven = z.strictObject({ subscription: z.string() });

export function redrive(
  { backbone }: Live,
  { subscription }: z.output<typeof redriven>,
): { readonly ids: readonly string[] } {
  return asked(() => ({ ids: backbone.redrive(subscription) }));
}

/** Those of the backbone say what there is instead. */
function asked<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new RequestError(404, messageOf(error));
  }
}

type Backbone = Live["backbone"];

export interface Published {
  readonly id: string;
  /** Why the bus did not take it; undefined if it did. */
  readonly refused: string | undefined;
}

/** On the global bus, or that of AWS; refused or not, it is an event of the log. */
function put(backbone: Backbone, sender: Sender | OriginBus, entry: PutEventsEntry): Published {
  const id = asked(() => backbone.put(sender, entry));
  return { id, refused: backbone.tell(id)?.refused };
}

/** As `publish` of backbone-runtime writes it. */
function withMetadata(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const id = randomUUID();
  return { ...given, metadata: given.metadata ?? { id, correlationId: id, time: new Date().toISOString() } };
}

function contractNamed({ stage }: Backbone, key: string): Contract {
  const { contracts } = stage.registry;
  const found = contracts.get(key);
  if (found !== undefined) return found;
  throw new RequestError(
    404,
    `there is no contract ${JSON.stringify(key)}; there are ${[...contracts.keys()].join(", ")}`,
  );
}

function senderNamed({ stage }: Backbone, contract: Contract | undefined, as?: string): Sender | OriginBus {
  return asked(() =>
    contract !== undefined && isOfAws(contract)
      ? originBusOf(stage, contract, as)
      : senderOf(stage, as ?? contract?.service ?? ""),
  );
}
