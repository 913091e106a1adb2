import type { RequestContext } from "./context.js";

/** Some session of a role. AWS matches both its role's ARN and its own. */
export interface RolePrincipal {
  readonly kind: "role";
  readonly account: string;
  readonly roleArn: string;
  /**
   * `arn:aws:sts::<account>:assumed-role/<role>/<session>`; undefined where nobody knows how the session is called,
   * so that a policy that names one session of this role cannot be decided.
   */
  readonly sessionArn: string | undefined;
}

export interface ServicePrincipal {
  readonly kind: "service";
  /** Such as `events.amazonaws.com`. */
  readonly service: string;
}

export type Principal = RolePrincipal | ServicePrincipal;

/** One request, as policies see it. */
export interface AccessRequest {
  readonly principal: Principal;
  /** Such as `events:PutEvents`. */
  readonly action: string;
  /** ARN; undefined for sts:AssumeRole, where the trust policy itself belongs to the resource. */
  readonly resource: string | undefined;
  readonly context: RequestContext;
}

/** How a principal is called in evidence. */
export function principalName(principal: Principal): string {
  return principal.kind === "role" ? principal.roleArn : principal.service;
}
