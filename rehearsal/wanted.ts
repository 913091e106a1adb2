import { arnOf, type ProviderPlace, queueUrl } from "./emission/arns.js";
import { kinds } from "./kinds.js";
import { type Claim, claim, type ClaimSettings } from "./needs.js";
import type { Stage } from "./stage.js";

/** What the things of an account are called, worked out from the registry alone, and what every one of a kind says. */
export interface Wanted {
  readonly place: ProviderPlace;
  /** Name of the bus, which many other names begin with. */
  readonly bus: string;
  readonly busArn: string;
  readonly logGroup: string;
  readonly logGroupArn: string;
  readonly busLogGroup: string;
  readonly queue: string;
  readonly queueArn: string;
  readonly encryptionFailures: string;
  readonly topicArn: string;
  readonly redriveRole: string;
  readonly redriveRoleArn: string;
}

export function wantedOf({ environment }: Pick<Stage, "environment">, account: string): Wanted {
  const { prefix, region, roles } = environment;
  const place = { region, accountId: environment.accountIds.get(account) ?? "" };
  const bus = `${prefix}-${account}`;
  const logGroup = `/aws/events/${bus}`;
  const queue = `${bus}-dead-letters`;
  const redriveRole = `${prefix}-redrive-${account}`;
  return {
    place,
    bus,
    busArn: arnOf.bus(place, bus),
    logGroup,
    logGroupArn: arnOf.logGroup(place, logGroup),
    busLogGroup: `/aws/vendedlogs/events/event-bus/${bus}`,
    queue,
    queueArn: arnOf.queue(place, queue),
    encryptionFailures: `${bus}-encryption-failures`,
    topicArn: arnOf.topic(place, `${bus}-alarms`),
    redriveRole,
    redriveRoleArn: arnOf.role(place, redriveRole, roles?.path),
  };
}

/** Seconds. */
const fourteenDays = 1_209_600;

/** A queue for what cannot be delivered, under SQS's own key and no other: it keeps what fails when that is gone. */
export function queueClaims(place: ProviderPlace, name: string, protect: boolean): Claim[] {
  const has = {
    messageRetentionSeconds: fourteenDays,
    sqsManagedSseEnabled: true,
    kmsMasterKeyId: undefined,
  };
  return [claim(kinds.queue, { name }, { protect, has }), queuePolicyClaim(place, name, protect)];
}

export function queuePolicyClaim(place: ProviderPlace, name: string, protect = true): Claim {
  return claim(kinds.queuePolicy, { queueUrl: queueUrl(place, name) }, { protect });
}

/** Where the environment has no keys, nothing is under one; where it has, the proof of the keys says under which. */
export function underNoKey({ environment }: Stage, input: string): ClaimSettings["has"] & object {
  return environment.encryption === false ? { [input]: undefined } : {};
}
