import {
  AwsError,
  type Bus,
  type Handler,
  handlerOf,
  Logs,
  Parameters,
  type ParameterValue,
  systemClock,
} from "aws-stand-in";
import type { PutEventsEntry } from "eventbridge-simulator";
import { randomUUID } from "node:crypto";
import { arnOf } from "../../../rehearsal/emission/arns.js";
import type { PutAnswer } from "../../../rehearsal/local/answers.js";
import { LocalBackbone } from "../../../rehearsal/local/backbone.js";
import { CircleError } from "../../../rehearsal/local/circle.js";
import type { Sender } from "../../../rehearsal/local/senders.js";
import type { Stage } from "../../../rehearsal/stage.js";
import { callersOf, type KnownCallers } from "./callers.js";

/** A backbone of one state of the registry, and AWS as it stands before it. */
export interface Live {
  /** Of this one and no other: places in its log mean nothing in another's. */
  readonly epoch: string;
  readonly backbone: LocalBackbone;
  readonly callers: KnownCallers;
  /** Answers the SDKs. */
  readonly handle: Handler;
}

/** How many events are kept for those who ask. */
export const keptEvents = 5_000;

export function openLive(stage: Stage): Live {
  const clock = systemClock;
  const logs = new Logs({ clock });
  for (const name of stage.registry.accounts.keys())
    for (const arn of stage.account(name).logGroups) logs.create({ arn: withoutStar(arn) });
  const backbone = new LocalBackbone(stage, {
    clock,
    kept: keptEvents,
    onLog: ({ logGroup, at, message }) => logs.get(withoutStar(logGroup))?.put(message, at),
  });
  const callers = callersOf(stage);
  const handle = handlerOf({
    queues: backbone.queues,
    logs,
    parameters: parametersOf(stage),
    bus: (arn) => busOf(stage, arn),
    putEvents: ({ caller }, entries) => {
      const answer = putOn(backbone, callers.senderOf(caller), entries);
      if (answer.ok) return answer.entries;
      throw new AwsError(answer.code, answer.message);
    },
  });
  return { epoch: randomUUID().slice(0, 8), backbone, callers, handle };
}

/** A circle is the callers' mistake, and no reason to try again. */
function putOn(backbone: LocalBackbone, sender: Sender, entries: readonly PutEventsEntry[]): PutAnswer {
  try {
    return backbone.putEvents(sender, entries);
  } catch (error) {
    if (error instanceof CircleError) throw new AwsError("LimitExceededException", error.message);
    throw error;
  }
}

const withoutStar = (arn: string): string => arn.replace(/:\*$/, "");

/** As emitted; a queue's URL says the host by which the caller has found us. */
function parametersOf(stage: Stage): Parameters {
  const parameters = new Parameters();
  for (const account of stage.registry.accounts.keys()) {
    const { id, region, parameters: emitted } = stage.account(account);
    for (const [name, value] of emitted)
      parameters.put({ arn: arnOf.parameter({ accountId: id, region }, name), value: localValue(value) });
  }
  return parameters;
}

function localValue(value: string): ParameterValue {
  const path = /^https:\/\/sqs\.[^/]+(\/\d{12}\/[\w.-]+)$/.exec(value)?.[1];
  return path === undefined ? value : (host) => `http://${host}${path}`;
}

function busOf({ loaded }: Stage, arn: string): Bus | undefined {
  const bus = loaded.data.buses.find((one) => one.arn === arn);
  if (bus === undefined) return undefined;
  const rules = loaded.data.rules.filter((rule) => loaded.world.rules.get(rule.arn)?.busArn === arn);
  return {
    arn,
    ...(bus.policy === undefined ? {} : { policy: bus.policy }),
    rules: rules.map(({ arn: rule, state, eventPattern, targets }) => ({
      name: rule.slice(rule.lastIndexOf("/") + 1),
      state,
      eventPattern,
      targets: targets.map(({ id, arn: target, roleArn }) => ({
        id,
        arn: target,
        ...(roleArn === undefined ? {} : { roleArn }),
      })),
    })),
  };
}
