import {
  CancelReplayCommand,
  DescribeArchiveCommand,
  DescribeReplayCommand,
  type DescribeReplayResponse,
  ListReplaysCommand,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { type RuleArn, ruleArn } from "../infra/aws/arn.js";
import { concurrentReplays } from "../infra/aws/limits.js";
import { hubContracts, type Registry } from "../infra/registry/index.js";
import { type BackbonePlan, logRuleFor, logRulesOf } from "../infra/topology/index.js";
import { describeFailure, messageOf, nameOf, orExplain } from "./aws/failure.js";
import type { AccountSession } from "./aws/session.js";
import { type Clock, OperationError } from "./run.js";

/** What an archive says of itself. */
export interface ArchiveFacts {
  readonly arn: string;
  readonly state: string;
  /** Why it is in that state, where AWS says so: a key that is gone, for one. */
  readonly stateReason: string | undefined;
  /** Events in it, as AWS counts them from time to time. */
  readonly events: number | undefined;
  /** Days; 0 keeps for ever. */
  readonly retentionDays: number;
  readonly createdAt: Date | undefined;
}

/** @throws OperationError if there is no such archive, or it cannot be looked at */
export async function describeArchive(session: AccountSession, name: string): Promise<ArchiveFacts> {
  try {
    const answer = await session.eventBridge.send(new DescribeArchiveCommand({ ArchiveName: name }));
    return {
      arn: answer.ArchiveArn ?? "",
      state: answer.State ?? "unknown",
      stateReason: answer.StateReason,
      events: answer.EventCount,
      retentionDays: answer.RetentionDays ?? 0,
      createdAt: answer.CreationTime,
    };
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") {
      throw new OperationError(
        `there is no archive "${name}" in account "${session.account}" (${session.accountId}); declare archive in the environment (archive.local for a member) and deploy the account's stack: only what is published from then on can be replayed`,
        { cause: error },
      );
    }
    throw new OperationError(describeFailure(error, `look at the archive ${name}`, session), {
      cause: error,
    });
  }
}

export interface Replay {
  /** Unique in the account; up to 64 characters. */
  readonly name: string;
  readonly archiveArn: string;
  /** ARN of the bus the archive is of: a replay goes nowhere else. */
  readonly bus: string;
  readonly ruleArns: readonly string[];
  readonly from: Date;
  readonly to: Date;
}

/**
 * Starts a replay. The name is this run's own, so "exists already" is the answer to a repeated request whose first
 * answer was lost: the replay has been started, once.
 * @throws OperationError if AWS does not start it
 */
export async function startReplay(session: AccountSession, replay: Replay): Promise<void> {
  const { name, archiveArn, bus, ruleArns, from, to } = replay;
  const request = session.eventBridge.send(
    new StartReplayCommand({
      ReplayName: name,
      EventSourceArn: archiveArn,
      EventStartTime: from,
      EventEndTime: to,
      Destination: { Arn: bus, FilterArns: [...ruleArns] },
    }),
  );
  await orExplain(
    request.catch((error: unknown) => {
      if (nameOf(error) === "ResourceAlreadyExistsException") return;
      if (nameOf(error) !== "LimitExceededException") throw error;
      throw new OperationError(
        `AWS runs ${concurrentReplays} replays at a time in an account and Region, and account "${session.account}" has as many: wait for one to end, or cancel one (backbone replay --list)`,
        { cause: error },
      );
    }),
    `start the replay ${name}`,
    session,
  );
}

/** What AWS says of a replay. */
export interface ReplayProgress {
  readonly state: string;
  readonly reason: string | undefined;
  /** Time of the last event that was replayed; undefined while none was, or if there is none. */
  readonly reached: Date | undefined;
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

const finalStates: ReadonlySet<string> = new Set(["COMPLETED", "CANCELLED", "FAILED"]);

export interface FollowOptions {
  readonly pollMilliseconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly progress?: (progress: ReplayProgress) => void;
}

/**
 * Follows a replay to its end, or until the signal is raised: the replay itself goes on then.
 * @throws OperationError if there is no such replay
 */
export async function followReplay(
  session: AccountSession,
  name: string,
  { pollMilliseconds, clock, signal, progress }: FollowOptions,
): Promise<ReplayProgress> {
  for (;;) {
    const current = await describeReplay(session, name);
    progress?.(current);
    if (finalStates.has(current.state) || signal.aborted) return current;
    await clock.sleep(pollMilliseconds, signal);
  }
}

async function describeReplay(session: AccountSession, name: string): Promise<ReplayProgress> {
  const answer = await explainReplay(
    session.eventBridge.send(new DescribeReplayCommand({ ReplayName: name })),
    `look at the replay ${name}`,
    { session, name },
  );
  return progressOf(answer);
}

/**
 * Asks AWS to end a replay early; what it has delivered by then stays delivered.
 * @returns what AWS says of it next: CANCELLING for some time, as a rule
 * @throws OperationError if there is no such replay, or it has ended
 */
export async function cancelReplay(session: AccountSession, name: string): Promise<ReplayProgress> {
  await explainReplay(
    session.eventBridge.send(new CancelReplayCommand({ ReplayName: name })),
    `cancel the replay ${name}`,
    { session, name },
  );
  return describeReplay(session, name);
}

async function explainReplay<Answer>(
  request: Promise<Answer>,
  doing: string,
  { session, name }: { readonly session: AccountSession; readonly name: string },
): Promise<Answer> {
  const explained = request.catch((error: unknown) => {
    const where = `account "${session.account}" (${session.accountId})`;
    if (nameOf(error) === "ResourceNotFoundException") {
      throw new OperationError(
        `there is no replay "${name}" in ${where}; backbone replay --list shows those of the global bus, with --account <member> those of a member's archive`,
        { cause: error },
      );
    }
    if (nameOf(error) === "IllegalStatusException") {
      throw new OperationError(`the replay "${name}" in ${where} is not running: ${messageOf(error)}`, {
        cause: error,
      });
    }
    throw error;
  });
  return orExplain(explained, doing, session);
}

export type ListedReplay = ReplayProgress & { readonly name: string };

/**
 * The replays of one archive, which AWS lists for 90 days; the latest first.
 * @throws OperationError if they cannot be listed
 */
export async function listReplays(session: AccountSession, archiveArn: string): Promise<ListedReplay[]> {
  const replays: ListedReplay[] = [];
  let token: string | undefined;
  do {
    const answer = await orExplain(
      session.eventBridge.send(
        new ListReplaysCommand({
          EventSourceArn: archiveArn,
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      ),
      "list the replays",
      session,
    );
    for (const replay of answer.Replays ?? []) {
      if (replay.EventSourceArn !== archiveArn) continue;
      replays.push({ name: replay.ReplayName ?? "", ...progressOf(replay) });
    }
    token = answer.NextToken;
  } while (token !== undefined);
  const startOf = ({ from }: ListedReplay) => from?.getTime() ?? 0;
  return replays.sort((left, right) => startOf(right) - startOf(left));
}

function progressOf(answer: Omit<DescribeReplayResponse, "Destination">): ReplayProgress {
  return {
    state: answer.State ?? "unknown",
    reason: answer.StateReason,
    reached: answer.EventLastReplayedTime,
    from: answer.EventStartTime,
    to: answer.EventEndTime,
  };
}

/** A rule that a replay runs, and what it delivers. */
export interface ReplayedRule {
  readonly name: string;
  readonly arn: RuleArn;
  /** Account that receives it again; the backbone itself for the rule that logs. */
  readonly account: string;
  /** Contracts it delivers that were asked for. */
  readonly wanted: readonly string[];
  /** Contracts it delivers all the same: a replay is limited by rules, not by contracts. */
  readonly besides: readonly string[];
}

export interface ReplaySelection {
  /** Key of a contract; all if it is left out. */
  readonly contract?: string;
  /** Account that is to receive again; all that do if it is left out. */
  readonly account?: string;
}

/**
 * The rules a replay is limited to. The logging rule is left out unless the backbone's own account is asked for:
 * what is in the log of the global bus already should not be there twice.
 */
export function selectRules(
  registry: Registry,
  backbone: BackbonePlan,
  { contract, account }: ReplaySelection,
): ReplayedRule[] {
  const divide = (contracts: readonly string[]) => ({
    wanted: contracts.filter((key) => contract === undefined || key === contract),
    besides: contracts.filter((key) => contract !== undefined && key !== contract),
  });
  // Events of AWS come from other buses, of which this archive has nothing.
  const own = backbone.forwards.filter(({ busName }) => busName === undefined);
  const forwards = own.flatMap(({ member, rules }) =>
    rules.map(({ name, arn, contracts }): ReplayedRule => ({
      name,
      arn,
      account: member,
      ...divide(contracts),
    })),
  );
  const { accountId, region, bus, log } = backbone;
  const logging = logRulesOf(log).map((name): ReplayedRule => {
    const logged = hubContracts(registry).filter((one) => logRuleFor(log, one) === name);
    return {
      name,
      arn: ruleArn({ accountId, region }, bus.name, name),
      account: backbone.account,
      ...divide(logged.map(({ key }) => key)),
    };
  });
  return (account === backbone.account ? logging : forwards).filter(
    (rule) => rule.wanted.length > 0 && (account === undefined || rule.account === account),
  );
}
