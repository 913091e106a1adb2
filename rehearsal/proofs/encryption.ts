import { archiveUses, ask, busLogUses, busUses, type KeyUse, logGroupUses } from "eventbridge-simulator";
import {
  type Attempt,
  failureOf,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requirePermission,
} from "../claim.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import type { Stage } from "../stage.js";
import { queueClaims, wantedOf } from "../wanted.js";

/** Each account has a key, an alias that people know it by, and a queue for what could not be encrypted with it. */
export function encryptionNeeds(stage: Stage): Need[] {
  const { encryption } = stage.environment;
  if (encryption === false) return [];
  // While encryption ends, key and queue stay for what they hold, and may go then.
  const protect = encryption === true;
  return [...stage.loaded.accounts.values()].map(({ name: account, switchedOn }) => {
    const { place, bus, encryptionFailures } = wantedOf(stage, account);
    const targetKeyId = switchedOn.keys[0]?.arn.split(":key/")[1];
    return {
      account,
      what: `the encryption of ${account}`,
      claims: [
        claim(kinds.key, {}, { protect, has: { enableKeyRotation: true, deletionWindowInDays: 30 } }),
        claim(kinds.alias, { name: `alias/${bus}` }, { protect, has: { targetKeyId } }),
        ...queueClaims(place, encryptionFailures, protect),
      ],
    };
  });
}

/** Each account's customer key encrypts everything, and serves it. */
export function encryptionChecks(stage: Stage): ProofCheck[] {
  if (stage.environment.encryption === false) return [];
  return [...stage.loaded.accounts.values()].map((account) => ({
    id: `customer-key:${account.name}`,
    title: `the customer key of ${account.name} serves everything that it encrypts`,
    run: () => {
      const subject = { stage, account, key: account.switchedOn.keys[0]?.arn ?? "" };
      return outcomeOf(
        [() => encryptsEverything(subject), ...ownUses(subject).map((use) => () => serves(subject, use))],
        (test) => test(),
      );
    },
  }));
}

interface Subject {
  readonly stage: Stage;
  readonly account: LoadedAccount;
  /** ARN. */
  readonly key: string;
}

/** What the key is used for, in words, and how. */
interface Purpose {
  readonly what: string;
  readonly uses: readonly KeyUse[];
}

function aboutKey({ name }: LoadedAccount, attempt: string): Attempt {
  return { account: name, step: "customer key", attempt, mend: `mend the customer key of ${name}'s stack` };
}

const ofAws = "a key of AWS's";

/** Everything but dead letters is under the key, or nothing while encryption ends. */
function encryptsEverything({ stage, account, key }: Subject): ProofFailure[] {
  const { world, environment } = stage;
  const wanted = environment.encryption === true ? key : undefined;
  const { bus = "", logGroups, switchedOn } = account;
  const things = [
    { arn: bus, under: world.buses.get(bus)?.keyArn },
    ...logGroups.map((arn) => ({ arn, under: world.logGroups.get(arn)?.keyArn })),
    ...switchedOn.archives.map(({ arn, keyArn }) => ({ arn, under: keyArn })),
  ];
  const misplaced = things.filter(({ under }) => under !== wanted);
  return misplaced.map(({ arn, under = ofAws }) =>
    failureOf({
      ...aboutKey(account, `${arn} is not under ${wanted ?? ofAws} but ${under}`),
      at: [arn],
      expected: wanted ?? ofAws,
      found: under,
      mend: wanted === undefined ? `name no key for ${arn}` : `let the key of ${arn} be ${wanted}`,
    }),
  );
}

function ownUses({ account }: Subject): Purpose[] {
  const { bus = "", logGroups, switchedOn } = account;
  const { archives, deliverySources } = switchedOn;
  return [
    { what: `bus ${bus}`, uses: busUses(bus) },
    ...archives.map(({ arn }) => ({ what: `archive ${arn}`, uses: archiveUses(arn, bus) })),
    ...logGroups.map((arn) => ({ what: `log group ${arn}`, uses: logGroupUses(arn) })),
    ...deliverySources.map(({ arn }) => ({ what: `bus log ${arn}`, uses: busLogUses(arn) })),
  ];
}

function serves({ stage, account, key }: Subject, { what, uses }: Purpose): ProofFailure[] {
  return requirePermission(
    {
      ...aboutKey(account, `${key} is used for ${what}`),
      mend: `the policy of ${key} must let ${[...new Set(uses.map(({ service }) => service))].join(", ")} use it for ${what}`,
    },
    (evidence) => ask(stage.world, { may: "encrypt", key, uses }, evidence),
  );
}
