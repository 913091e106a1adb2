import { AwsError } from "./aws-error.js";
import { act, type Actions } from "./services/actions.js";
import { putEventsActions, type PutEvents } from "./services/events.js";
import { sqsActions } from "./services/sqs.js";
import { stsActions } from "./services/sts.js";
import type { Queues } from "./state/queues.js";
import type { Call, Handler, Identity, ServiceName } from "./wire/call.js";

/** What stands behind the wire. A service that is left out is not there, which callers are told. */
export interface Backend {
  readonly putEvents?: PutEvents;
  readonly queues?: Queues;
  /** Throws an AwsError if a caller may not take a role on. Default: everybody may. */
  readonly mayAssume?: (caller: Identity, roleArn: string) => void;
  /** Throws an AwsError of what a caller may not do. Default: everybody may do everything. */
  readonly authorize?: (call: Call) => void;
}

/** Answers calls out of a backend. */
export function handlerOf(backend: Backend): Handler {
  const { putEvents, queues, mayAssume = () => undefined, authorize } = backend;
  const services: Readonly<Partial<Record<ServiceName, Actions>>> = {
    sts: stsActions(mayAssume),
    ...(putEvents === undefined ? {} : { events: putEventsActions(putEvents) }),
    ...(queues === undefined ? {} : { sqs: sqsActions(queues) }),
  };
  return async (call) => {
    authorize?.(call);
    const actions = services[call.service];
    if (actions !== undefined) return act(actions, call);
    throw new AwsError("UnknownOperationException", `there is no ${call.service} here`, {
      queryCode: "InvalidAction",
    });
  };
}
