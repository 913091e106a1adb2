import type { Identity } from "./authorize/identity.js";
import type { GuardedResource, SendingRule } from "./authorize/requests/resource.js";
import type { EventPattern } from "./pattern/index.js";
import type { RuleIndex } from "./rule-index.js";
import type { TargetData } from "./world.js";

/** A world that AWS could hold, compiled so that events can run through it. Made by {@link buildWorld} only. */
export interface World {
  /** By ARN, like all the maps below. */
  readonly buses: ReadonlyMap<string, Bus>;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly logGroups: ReadonlyMap<string, Encrypted>;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly topics: ReadonlyMap<string, Encrypted>;
  readonly keys: ReadonlyMap<string, GuardedResource>;
  /** Organisation by account id; an account that is not in it is in none. */
  readonly organizations: ReadonlyMap<string, string>;
}

/** What may be encrypted with a customer key. */
export interface Encrypted extends GuardedResource {
  readonly keyArn: string | undefined;
}

export interface Bus extends Encrypted {
  readonly name: string;
  /** Queue for events that the key could not be used on. */
  readonly deadLetterArn: string | undefined;
  /** Every rule, disabled ones included. */
  readonly rules: readonly Rule[];
  /** Finds the enabled rules that match an event. */
  readonly index: RuleIndex<Rule>;
}

export interface Rule extends SendingRule {
  readonly region: string;
  readonly busArn: string;
  readonly enabled: boolean;
  readonly pattern: EventPattern;
  readonly targets: readonly TargetData[];
}

/** An execution role: guarded by its trust policy, and itself a principal. */
export interface Role extends GuardedResource {
  readonly identity: Identity;
}

export interface Queue extends Encrypted {
  readonly fifo: boolean;
}
