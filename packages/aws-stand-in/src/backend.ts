import { archiveActions } from "./services/archives.js";
import { busActions } from "./services/buses.js";
import { logsActions } from "./services/logs.js";
import { snsActions } from "./services/sns.js";
import { ssmActions } from "./services/ssm.js";
import type { Archives } from "./state/archives.js";
import type { FindBus } from "./state/buses.js";
import type { Logs } from "./state/logs.js";
import type { Parameters } from "./state/parameters.js";
import type { Topics } from "./state/topics.js";
import { act, type Actions } from "./services/actions.js";
import { putEventsActions, type PutEvents } from "./services/events.js";
import { sqsActions } from "./services/sqs.js";
import { stsActions } from "./services/sts.js";
import type { Queues } from "./state/queues.js";
import type { Call, Handler, Identity, ServiceName } from "./wire/call.js";

/** What stands behind the wire. A service that is left out is not there, which callers are told. */
export interface Backend {
  readonly putEvents?: PutEvents;
  /** Buses with their rules, for those who ask about them. */
  readonly bus?: FindBus;
  readonly archives?: Archives;
  readonly queues?: Queues;
  readonly logs?: Logs;
  readonly parameters?: Parameters;
  readonly topics?: Topics;
  /** Items on one page of a list of rules, targets or subscriptions. Default: 100. */
  readonly pageSize?: number;
  /** Throws an AwsError if a caller may not take a role on. Default: everybody may. */
  readonly mayAssume?: (caller: Identity, roleArn: string) => void;
  /** Throws an AwsError of what a caller may not do. Default: everybody may do everything. */
  readonly authorize?: (call: Call) => void;
}

/** Answers calls out of a backend. */
export function handlerOf(backend: Backend): Handler {
  const { putEvents, bus, archives, queues, logs, parameters, topics, pageSize, authorize } = backend;
  const events: Actions = {
    ...(putEvents === undefined ? {} : putEventsActions(putEvents)),
    ...(bus === undefined ? {} : busActions(bus, pageSize)),
    ...(archives === undefined ? {} : archiveActions(archives)),
  };
  const services: Readonly<Record<ServiceName, Actions>> = {
    events,
    sqs: queues === undefined ? {} : sqsActions(queues),
    logs: logs === undefined ? {} : logsActions(logs),
    ssm: parameters === undefined ? {} : ssmActions(parameters),
    sns: topics === undefined ? {} : snsActions(topics, pageSize),
    sts: stsActions(backend.mayAssume ?? (() => undefined)),
  };
  return async (call) => {
    authorize?.(call);
    return act(services[call.service], call);
  };
}
