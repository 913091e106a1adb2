import {
  type Check,
  checkBusSight,
  checkPublisher,
  checkQueueAccess,
  checkTakeOver,
  compileIdentity,
  type Identity,
  type World,
} from "eventbridge-simulator";
import { outsideMembers } from "../../infra/registry/index.js";
import { evidenceOf, outcomeOf, type ProofCheck, type ProofFailure, requireRefusal } from "../claim.js";
import { arnOf } from "../emission/arns.js";
import { kinds } from "../kinds.js";
import { claim, type Need } from "../needs.js";
import { administratorOf, busName, outsider, redriveRole, someClaims, type Stage } from "../stage.js";
import { wantedOf } from "../wanted.js";
import { worldOfOpenBuses } from "./least-privilege.js";

/** Each account has one role that puts its dead letters back. */
export function redriveNeeds(stage: Stage): Need[] {
  return [stage.registry.backbone, ...stage.registry.members].map((account) => {
    const { redriveRole: name } = wantedOf(stage, account);
    return {
      account,
      what: `the redrive of ${account}`,
      claims: [claim(kinds.role, { name }), claim(kinds.rolePolicy, { role: name })],
    };
  });
}

/**
 * Dead letters can be put back where they belong, by the redrive role of the account that has them, and nowhere
 * else: those of the backbone on the local bus that refused them, those of a member on its own local bus.
 */
export function redriveChecks(stage: Stage): ProofCheck[] {
  const openWorld = openedOnce(stage);
  return [...stage.loaded.accounts.keys()].flatMap((account) => {
    const role = redriveRole(stage, account);
    // Without the role the parameter's check has failed already.
    const identity = role && compileIdentity({ arn: role.arn, policies: role.inlinePolicies });
    if (role === undefined || identity === undefined) return [];
    const subject = { stage, account, arn: role.arn, identity };
    return [possibleCheck(subject), nowhereElseCheck(subject, openWorld), takeOverCheck(subject)];
  });
}

interface Subject {
  readonly stage: Stage;
  readonly account: string;
  /** ARN of the redrive role. */
  readonly arn: string;
  readonly identity: Identity;
}

const queueActions = [
  "sqs:ReceiveMessage",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
  "sqs:ChangeMessageVisibility",
];
const otherQueueActions = ["sqs:SendMessage", "sqs:PurgeQueue", "sqs:DeleteQueue", "sqs:SetQueueAttributes"];

/** What the role does with a bus: AWS acknowledges events for one that is not there, so it looks first. */
const busUses = { see: "sees that there is", put: "puts a dead letter back on" } as const;
type BusUse = keyof typeof busUses;

function usesOf(buses: readonly string[]): { bus: string; use: BusUse }[] {
  return buses.flatMap((bus) => (["see", "put"] as const).map((use) => ({ bus, use })));
}

function checkBus(
  stage: Stage,
  world: World,
  identity: Identity,
  bus: string,
  use: BusUse,
  evidence: "brief" | "full",
): Check {
  return use === "see"
    ? checkBusSight(world, identity, bus, evidence)
    : checkPublisher(world, identity, bus, someClaims(stage), evidence);
}

/** Buses without a route take letters too: those that were left when their last route went. */
function busesOf({ stage, account }: Subject): string[] {
  const members = account === stage.registry.backbone ? stage.registry.members : [account];
  return members.map((member) => stage.busOf(member));
}

function requireAllowed(
  { account, arn }: Subject,
  attempt: string,
  mend: string,
  ask: (evidence: "brief" | "full") => Check | undefined,
): ProofFailure[] {
  if (ask("brief")?.verdict.outcome === "allowed") return [];
  const check = ask("full");
  return [
    {
      account,
      step: "redrive",
      problem: `cannot be done: ${arn} ${attempt}`,
      mend,
      evidence: check === undefined ? [] : evidenceOf([check]),
    },
  ];
}

function possibleCheck(subject: Subject): ProofCheck {
  const { stage, account, arn, identity } = subject;
  const { queues } = stage.account(account);
  return {
    id: `redrive:${account}`,
    title: `dead letters of ${account} can be taken from their queue and put back where they belong, on buses it can see`,
    run: () => {
      const buses = outcomeOf(usesOf(busesOf(subject)), ({ bus, use }) =>
        requireAllowed(
          subject,
          `${busUses[use]} ${bus}`,
          `the role's policy must allow ${bus}, and the policy of that bus must admit the role`,
          (evidence) => checkBus(stage, stage.world, identity, bus, use, evidence),
        ),
      );
      const taking = outcomeOf(
        queues.flatMap((queue) => queueActions.map((action) => ({ queue, action }))),
        ({ queue, action }) =>
          requireAllowed(
            subject,
            `does ${action} on ${queue}`,
            `the policy of ${arn} must allow it`,
            (evidence) => checkQueueAccess(stage.world, identity, action, queue, evidence),
          ),
      );
      return { cases: buses.cases + taking.cases, failures: [...buses.failures, ...taking.failures] };
    },
  };
}

/**
 * Asked of the real buses, and of buses open to all, where only the role's own policy holds it. A few neighbours
 * stand for all: trying every account with every other would take minutes for a thousand members.
 */
function nowhereElseCheck(subject: Subject, openWorld: () => World): ProofCheck {
  const { stage, account, arn, identity } = subject;
  return {
    id: `redrive-elsewhere:${account}`,
    title: `the redrive role of ${account} can see and use no other bus, and touch no other queue`,
    run: () => {
      const opened = openWorld();
      const cases = [
        ...usesOf(forbiddenBuses(subject)).map((one) => ({ world: stage.world, ...one })),
        ...usesOf(busesItsPolicyRefuses(subject)).map((one) => ({ world: opened, ...one })),
      ];
      const buses = outcomeOf(cases, ({ world, bus, use }) =>
        requireRefusal(
          {
            account,
            step: "redrive elsewhere",
            attempt: `${arn} ${busUses[use]} ${bus}${world === opened ? ", were that bus open to all" : ""}`,
            mend: `the policy of ${arn} must allow the buses its dead letters belong on, and no other`,
          },
          (evidence) => [checkBus(stage, world, identity, bus, use, evidence)],
        ),
      );
      const queues = outcomeOf(forbiddenQueues(stage, account), ({ queue, action }) =>
        requireRefusal(
          {
            account,
            step: "redrive elsewhere",
            attempt: `${arn} does ${action} on ${queue}`,
            mend: `the policy of ${arn} must allow its own queue only, and no more than taking messages from it`,
          },
          (evidence) => {
            const check = checkQueueAccess(opened, identity, action, queue, evidence);
            return check === undefined ? [] : [check];
          },
        ),
      );
      return { cases: buses.cases + queues.cases, failures: [...buses.failures, ...queues.failures] };
    },
  };
}

function forbiddenBuses(subject: Subject): string[] {
  const { stage, account } = subject;
  const own = new Set(busesOf(subject));
  const buses = [stage.registry.backbone, ...neighbours(stage, account)].map((name) => stage.busOf(name));
  return buses.filter((bus) => !own.has(bus));
}

/**
 * What a role's policy must refuse even where the bus would let it in. The backbone's reaches local buses by a
 * wildcard, bounded by its AWS account or the organisation; without either, nothing of constant size tells the
 * members' accounts from others.
 */
function busesItsPolicyRefuses({ stage, account }: Subject): string[] {
  const { registry, environment } = stage;
  const { elsewhere, namesake, applications } = otherBuses(stage);
  const globalBus = stage.busOf(registry.backbone);
  if (account !== registry.backbone) {
    const others = neighbours(stage, account).map((name) => stage.busOf(name));
    return [globalBus, ...others, elsewhere, namesake, ...applications];
  }
  const isBounded = registry.members.every(stage.sharesBackbone) || environment.organizationId !== undefined;
  return [globalBus, elsewhere, ...applications, ...(isBounded ? [namesake] : [])];
}

function neighbours({ registry }: Stage, account: string): string[] {
  return registry.members.filter((member) => member !== account).slice(0, 2);
}

function forbiddenQueues(stage: Stage, account: string): { queue: string; action: string }[] {
  const others = [stage.registry.backbone, ...neighbours(stage, account)].filter((name) => name !== account);
  const queuesWith = (name: string, actions: readonly string[]) =>
    stage.account(name).queues.flatMap((queue) => actions.map((action) => ({ queue, action })));
  return [
    ...queuesWith(account, otherQueueActions),
    ...queueActions.map((action) => ({ action, queue: applicationsQueue(stage, stage.account(account).id) })),
    ...others.flatMap((name) => queuesWith(name, queueActions)),
  ];
}

interface OtherBuses {
  /** In an account that the registry does not know. */
  readonly elsewhere: string;
  /** There too, and called like a local bus. */
  readonly namesake: string;
  /** Applications' own, in an account of the registry, and in one outside the organisation where there is one. */
  readonly applications: readonly string[];
}

function otherBuses(stage: Stage): OtherBuses {
  const { id } = outsider(stage, "stranger");
  const place = { region: stage.environment.region, accountId: id };
  const { registry, environment } = stage;
  const outside = outsideMembers(registry, environment);
  const inside = [...registry.members, registry.backbone].filter((name) => !outside.includes(name));
  const [member = registry.backbone] = registry.members;
  return {
    elsewhere: arnOf.bus(place, "elsewhere"),
    namesake: arnOf.bus(place, busName(stage.busOf(member))),
    applications: [...inside.slice(0, 1), ...outside.slice(0, 1)].map((name) =>
      arnOf.bus({ ...place, accountId: stage.account(name).id }, "an-applications-bus"),
    ),
  };
}

/** A queue of an application in one of the accounts: its own identity policies guard it. */
function applicationsQueue({ environment }: Stage, accountId: string): string {
  return arnOf.queue({ region: environment.region, accountId }, "an-applications-queue");
}

function openedOnce(stage: Stage): () => World {
  const { elsewhere, namesake, applications } = otherBuses(stage);
  const { data } = stage.loaded;
  const queues = data.accounts.map(({ id }) => ({ arn: applicationsQueue(stage, id) }));
  const extended = { ...stage.loaded, data: { ...data, queues: [...data.queues, ...queues] } };
  let opened: World | undefined;
  return () =>
    (opened ??= worldOfOpenBuses({ ...stage, loaded: extended }, elsewhere, namesake, ...applications));
}

function takeOverCheck({ stage, account, arn }: Subject): ProofCheck {
  const id = stage.account(account).id;
  const others = neighbours(stage, account).filter((name) => stage.account(name).id !== id);
  const stranger = outsider(stage, "stranger");
  const strangers = [
    ...others.map((name) => ({
      who: `an administrator's role of ${name}`,
      caller: administratorOf(stage, name),
    })),
    {
      who: `a role of account ${stranger.id}, which the registry does not know,`,
      caller: stranger.role,
    },
  ];
  const mend = `the trust policy of ${arn} must name its own account and no other`;
  const ask = (caller: (typeof strangers)[number]["caller"], evidence: "brief" | "full") => {
    const identity = compileIdentity(caller);
    return identity && checkTakeOver(stage.world, identity, arn, evidence);
  };
  return {
    id: `redrive-role:${account}`,
    title: `administrators of ${account}, and nobody of another AWS account, can take on its redrive role`,
    run: () => {
      const refused = outcomeOf(strangers, ({ who, caller }) =>
        requireRefusal(
          { account, step: "take on the redrive role", attempt: `${who} takes on ${arn}`, mend },
          (evidence) => {
            const check = ask(caller, evidence);
            return check === undefined ? [] : [check];
          },
        ),
      );
      const administrator = administratorOf(stage, account);
      const check = ask(administrator, "full");
      const possible = check?.verdict.outcome === "allowed";
      const failure: ProofFailure = {
        account,
        step: "take on the redrive role",
        problem: `cannot be done: ${administrator.arn} takes on ${arn}`,
        mend,
        evidence: check === undefined ? [] : evidenceOf([check]),
      };
      return {
        cases: refused.cases + 1,
        failures: [...refused.failures, ...(possible ? [] : [failure])],
      };
    },
  };
}
