import { AwsError } from "./aws-error.js";
import type { Answer, Call, Handler } from "./wire/call.js";

/**
 * What goes wrong with a call. `cut`: the connection breaks before anything is done; `cut-after`: after it was done,
 * so that the answer is lost; `gateway`: something in between answers in AWS's place, whether or not it has passed the
 * call on.
 */
export type Fault =
  | { readonly kind: "error"; readonly type: string; readonly status?: number; readonly message?: string }
  | { readonly kind: "cut" | "cut-after" }
  | { readonly kind: "gateway"; readonly status: number; readonly body: string; readonly handled: boolean };

/** Asked anew for each call, so that a test may change them while the server runs. */
export interface Faults {
  readonly fault?: (call: Call) => Fault | undefined;
  /** Keeps a call waiting before it is carried out. */
  readonly before?: (call: Call) => Promise<void>;
  /** Keeps its answer waiting. */
  readonly after?: (call: Call) => Promise<void>;
  /** Milliseconds by which AWS's clock is ahead of the machine's. */
  readonly clockSkew?: number;
}

/** A handler of which things go wrong as they are told to. */
export function withFaults(handle: Handler, faults: Faults): Handler {
  return async (call) => {
    const fault = faults.fault?.(call);
    await faults.before?.(call);
    const answer = await faulted(fault, () => handle(call));
    await faults.after?.(call);
    const { clockSkew = 0 } = faults;
    if (clockSkew === 0) return answer;
    return { ...answer, headers: { date: new Date(Date.now() + clockSkew).toUTCString() } };
  };
}

async function faulted(fault: Fault | undefined, carryOut: () => Promise<Answer>): Promise<Answer> {
  switch (fault?.kind) {
    case undefined:
      return caught(carryOut);
    case "error": {
      const { type, message = "refused, as it was told to", status } = fault;
      return { kind: "error", error: new AwsError(type, message, status === undefined ? {} : { status }) };
    }
    case "cut":
      return { kind: "cut" };
    case "cut-after":
      await caught(carryOut);
      return { kind: "cut" };
    case "gateway": {
      if (fault.handled) await caught(carryOut);
      return { kind: "raw", status: fault.status, contentType: "text/html", body: fault.body };
    }
  }
}

async function caught(carryOut: () => Promise<Answer>): Promise<Answer> {
  try {
    return await carryOut();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { kind: "error", error };
  }
}
