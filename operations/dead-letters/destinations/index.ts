import type { AccountSession } from "../../aws/session.js";
import { OperationError } from "../../run.js";
import type { Channel, OpenChannel } from "./channel.js";

export type { Channel, Gift } from "./channel.js";

/** By the service in an ARN; each is loaded with its client when the first event goes there. */
const channels: Readonly<Record<string, () => Promise<{ readonly openChannel: OpenChannel }>>> = {
  events: () => import("./bus.js"),
  firehose: () => import("./firehose.js"),
  kinesis: () => import("./stream.js"),
  lambda: () => import("./function.js"),
  sns: () => import("./topic.js"),
  sqs: () => import("./queue.js"),
  states: () => import("./state-machine.js"),
};

/** @throws OperationError if nothing can be given there */
export async function openChannel(session: AccountSession, arn: string): Promise<Channel> {
  const load = channels[serviceIn(arn)];
  if (load === undefined)
    throw new OperationError(`nothing can be given to ${arn}: it is of no kind known here`);
  return (await load()).openChannel(session);
}

export function serviceIn(arn: string): string {
  return arn.split(":")[2] ?? "";
}

/** Whether others may see what is given there: the rules of a bus, its log and its archive. */
export function isBus(arn: string): boolean {
  return serviceIn(arn) === "events";
}
