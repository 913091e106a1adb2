import { DescribeEventBusCommand } from "@aws-sdk/client-eventbridge";
import { describeFailure, nameOf } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";

/** Whether a bus is there, as far as the role that puts events on it can see. */
export type BusSight =
  { readonly kind: "there" | "missing" } | { readonly kind: "not-seen"; readonly problem: string };

/**
 * Looks at a bus. AWS acknowledges events for a bus that is not there and drops them, so nothing may be sent before.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html
 */
export async function seeBus(session: AccountSession, bus: string): Promise<BusSight> {
  try {
    const { Arn } = await session.eventBridge.send(new DescribeEventBusCommand({ Name: bus }));
    if (Arn === bus) return { kind: "there" };
    return { kind: "not-seen", problem: `asked for ${bus}, AWS answered with ${Arn ?? "no bus"}` };
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") return { kind: "missing" };
    const problem = describeFailure(error, `look at bus ${bus} (events:DescribeEventBus)`, session, "from");
    return { kind: "not-seen", problem };
  }
}
