import type { ConsultedPolicy } from "../consult.js";

/** What a request is about, with the policies that guard it. */
export interface GuardedResource {
  readonly arn: string;
  readonly account: string;
  readonly region: string;
  readonly organizationId: string | undefined;
  /** Empty if it has none. Several speak together, as those of log groups do. */
  readonly policies: readonly ConsultedPolicy[];
}

/** A rule, as the requests that EventBridge makes on its behalf name it. */
export interface SendingRule {
  readonly arn: string;
  readonly account: string;
  readonly organizationId: string | undefined;
}
