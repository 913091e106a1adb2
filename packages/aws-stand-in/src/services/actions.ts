import { AwsError } from "../aws-error.js";
import type { Answer, Call, Result } from "../wire/call.js";
import { Input } from "../wire/input.js";

/** What an action gives back: its answer, or the answer with what is to be done if nobody hears it. */
export type Given = Result | { readonly value: Result; readonly onLost: () => void };

export type Action = (input: Input, call: Call) => Given | Promise<Given>;

/** The actions of a service, by name. */
export type Actions = Readonly<Record<string, Action>>;

/** @throws AwsError of an action that the service does not have here, with those that it has */
export async function act(actions: Actions, call: Call): Promise<Answer> {
  const { action, service, input } = call;
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (run === undefined) {
    const has = Object.keys(actions).join(", ");
    throw new AwsError(
      "UnknownOperationException",
      `${service} has no action ${action} here; it has ${has === "" ? "none" : has}`,
      { queryCode: "InvalidAction" },
    );
  }
  const given = await run(new Input(input), call);
  return isLosable(given)
    ? { kind: "result", value: given.value, onLost: given.onLost }
    : { kind: "result", value: given };
}

function isLosable(given: Given): given is { readonly value: Result; readonly onLost: () => void } {
  return typeof given.onLost === "function";
}
