import {
  archiveUses,
  askKey,
  busLogUses,
  busUses,
  type CallerData,
  checkForeignRule,
  checkKeyAccess,
  compileIdentity,
  keepsFailures,
  type KeyUse,
  logGroupUses,
  queueUses,
  renderReason,
  topicUses,
} from "eventbridge-simulator";
import {
  type Attempt,
  failureOf,
  outcomeOf,
  type ProofCheck,
  type ProofFailure,
  requirePermission,
  requireRefusal,
  requireThat,
} from "../claim.js";
import { arnOf } from "../emission/arns.js";
import type { LoadedAccount } from "../emission/assemble.js";
import { administratorOf, outsider, type Stage } from "../stage.js";

/** Each account's customer key serves everything it encrypts, and nothing and nobody else. */
export function encryptionChecks(stage: Stage): ProofCheck[] {
  if (stage.environment.encryption === false) return [];
  return [...stage.loaded.accounts.values()].map((account) => ({
    id: `customer-key:${account.name}`,
    title: `the customer key of ${account.name} serves what it encrypts, and nobody else`,
    run: () => {
      const { keys } = account.switchedOn;
      const [key, ...others] = keys;
      if (key === undefined || others.length > 0) {
        const about = aboutKey(account, `${account.name} emits ${keys.length} customer keys, not one`);
        return { cases: 1, failures: requireThat(false, about) };
      }
      const subject = { stage, account, key: key.arn };
      return outcomeOf(
        [
          () => isWellKept(subject, key.rotates),
          () => encryptsEverything(subject),
          ...ownUses(subject).map((use) => () => serves(subject, use)),
          ...foreignUses(subject).map((use) => () => refuses(subject, use)),
          () => keepsWhatItCannotEncrypt(subject),
          () => isManageable(subject),
        ],
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

function isWellKept({ account, key }: Subject, rotates: boolean): ProofFailure[] {
  const { keyAliases } = account.switchedOn;
  const isNamed = keyAliases.some(({ keyId }) => key.endsWith(`:key/${keyId}`));
  return [
    ...requireThat(rotates, { ...aboutKey(account, `key ${key} does not rotate`), at: [key] }),
    ...requireThat(isNamed, aboutKey(account, `no alias names key ${key}, so people cannot tell it`)),
  ];
}

const ofAws = "a key of AWS's";

/** Everything but dead letters is under the key, or nothing while encryption ends. */
function encryptsEverything({ stage, account, key }: Subject): ProofFailure[] {
  const { world, environment } = stage;
  const wanted = environment.encryption === true ? key : undefined;
  const { bus = "", logGroups, queues, encryptionFailures, switchedOn } = account;
  const things = [
    { arn: bus, under: world.buses.get(bus)?.keyArn },
    ...logGroups.map((arn) => ({ arn, under: world.logGroups.get(arn)?.keyArn })),
    ...switchedOn.archives.map(({ arn, keyArn }) => ({ arn, under: keyArn })),
  ];
  const misplaced = things.filter(({ under }) => under !== wanted);
  return [
    ...misplaced.map(({ arn, under = ofAws }) =>
      failureOf({
        ...aboutKey(account, `${arn} is not under ${wanted ?? ofAws} but ${under}`),
        at: [arn],
        expected: wanted ?? ofAws,
        found: under,
        mend: wanted === undefined ? `name no key for ${arn}` : `let the key of ${arn} be ${wanted}`,
      }),
    ),
    ...requireThat(
      encryptionFailures !== undefined,
      aboutKey(account, `bus ${bus} needs a dead-letter queue of its own: for what ${key} refuses`),
    ),
    ...[...queues, encryptionFailures ?? []]
      .flat()
      .filter((arn) => world.queues.get(arn)?.keyArn !== undefined)
      .map((arn) => {
        const found = world.queues.get(arn)?.keyArn ?? "";
        const attempt = `${arn} must not be under ${found}: it keeps what fails when that is gone`;
        const mend = `leave ${arn} to SQS's own encryption (sqsManagedSseEnabled), and name no key`;
        const about = {
          ...aboutKey(account, attempt),
          mend: found.includes(":alias/aws/") ? `${mend}: ${renderReason("key-of-aws")}` : mend,
        };
        return failureOf({ ...about, at: [arn], expected: "no key", found });
      }),
  ];
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

/** The same services, working for somebody else. Checking that a key exists is anybody's, and tells nothing. */
function foreignUses({ stage }: Subject): Purpose[] {
  const place = { region: stage.environment.region, accountId: outsider(stage, "stranger").id };
  const bus = arnOf.bus(place, "theirs");
  const rule = arnOf.rule(place, "theirs", "theirs");
  const purposes = [
    { what: "bus", arn: bus, uses: busUses(bus) },
    {
      what: "archive",
      arn: arnOf.archive(place, "theirs"),
      uses: archiveUses(arnOf.archive(place, "theirs"), bus),
    },
    {
      what: "log group",
      arn: arnOf.logGroup(place, "theirs"),
      uses: logGroupUses(arnOf.logGroup(place, "theirs")),
    },
    { what: "queue", arn: arnOf.queue(place, "theirs"), uses: queueUses(arnOf.queue(place, "theirs"), rule) },
    ...["cloudwatch.amazonaws.com", "events.amazonaws.com"].map((service) => ({
      what: `topic, by ${service},`,
      arn: arnOf.topic(place, "theirs"),
      uses: topicUses(service, arnOf.topic(place, "theirs"), rule),
    })),
    ...busLogUses(arnOf.deliverySource(place, "theirs")).map((use) => ({
      what: `bus log, by ${use.service},`,
      arn: arnOf.deliverySource(place, "theirs"),
      uses: [use],
    })),
  ];
  return purposes.map(({ what, arn, uses }) => ({
    what: `${what} ${arn} of a stranger`,
    uses: uses.filter(({ context }) => context !== undefined),
  }));
}

function serves({ stage, account, key }: Subject, { what, uses }: Purpose): ProofFailure[] {
  return requirePermission(
    {
      ...aboutKey(account, `${key} is used for ${what}`),
      mend: `the policy of ${key} must let ${[...new Set(uses.map(({ service }) => service))].join(", ")} use it for ${what}`,
    },
    (evidence) => askKey(stage.world, key, uses, evidence),
  );
}

function refuses({ stage, account, key }: Subject, { what, uses }: Purpose): ProofFailure[] {
  return requireRefusal(
    {
      ...aboutKey(account, `${key} is used for ${what}`),
      mend: `each statement of the policy of ${key} must be limited by the encryption context`,
    },
    (evidence) => askKey(stage.world, key, uses, evidence).checks,
  );
}

function keepsWhatItCannotEncrypt({ stage, account }: Subject): ProofFailure[] {
  const { world, environment } = stage;
  const bus = world.buses.get(account.bus ?? "");
  const queue = account.encryptionFailures;
  // Both are missed elsewhere.
  if (bus === undefined || queue === undefined) return [];
  const stranger = outsider(stage, "stranger").id;
  const others = [
    arnOf.bus({ region: environment.region, accountId: account.id }, "somebody-elses"),
    arnOf.bus({ region: environment.region, accountId: stranger }, bus.name),
  ];
  const mend = `the policy of ${queue} must let events.amazonaws.com send for ${bus.arn} and nothing else`;
  const about = (source: string): Attempt => ({
    ...aboutKey(account, `${queue} takes what could not be encrypted for ${source}`),
    mend,
  });
  const asked = keepsFailures(world, bus, "full");
  return [
    ...requirePermission(about(bus.arn), () => ({
      outcome: asked?.verdict.outcome === "allowed" ? "allowed" : "denied",
      checks: asked === undefined ? [] : [asked],
    })),
    ...others.flatMap((arn) =>
      requireRefusal(about(arn), (evidence) => {
        const check = keepsFailures(world, { ...bus, arn, account: arn.split(":")[4] ?? "" }, evidence);
        return check === undefined ? [] : [check];
      }),
    ),
    ...[...account.rules].flatMap((rule) =>
      requireRefusal(about(rule), (evidence) => checkForeignRule(world, rule, queue, evidence)),
    ),
  ];
}

function ask({ stage, key }: Subject, caller: CallerData, action: `kms:${string}`, context = {}) {
  const identity = compileIdentity(caller);
  const check = identity && checkKeyAccess(stage.world, identity, action, key, context, "full");
  return check === undefined ? [] : [check];
}

/** Administrators of the account can change the key; nobody else can so much as read with it. */
function isManageable(subject: Subject): ProofFailure[] {
  const { stage, account, key } = subject;
  const administrator = administratorOf(stage, account.name);
  const managing = ask(subject, administrator, "kms:PutKeyPolicy");
  const strangers = [
    outsider(stage, "stranger").role,
    ...[...stage.loaded.accounts.values()]
      .filter(({ id }) => id !== account.id)
      .map(({ name }) => administratorOf(stage, name)),
  ];
  return [
    ...requirePermission(
      {
        ...aboutKey(account, `${administrator.arn} changes the policy of ${key}`),
        mend: `the policy of ${key} must let its account administer it, or nobody ever can again`,
      },
      () => ({
        outcome: managing[0]?.verdict.outcome === "allowed" ? "allowed" : "denied",
        checks: managing,
      }),
    ),
    ...strangers.flatMap((caller) =>
      requireRefusal(
        {
          ...aboutKey(account, `${caller.arn} reads with ${key}`),
          mend: `the policy of ${key} must name its own account only`,
        },
        () => ask(subject, caller, "kms:Decrypt"),
      ),
    ),
  ];
}
