import {
  DescribeArchiveCommand,
  DescribeReplayCommand,
  StartReplayCommand,
  type DescribeReplayResponse,
} from "@aws-sdk/client-eventbridge";
import { describeFailure, nameOf, orExplain } from "../aws/failure.js";
import type { AccountSession } from "../aws/session.js";
import type { Clock } from "../clock.js";
import { OperationError } from "../errors.js";

/** What an archive says of itself. */
export interface ArchiveFacts {
  readonly arn: string;
  readonly state: string;
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
      retentionDays: answer.RetentionDays ?? 0,
      createdAt: answer.CreationTime,
    };
  } catch (error) {
    if (nameOf(error) === "ResourceNotFoundException") {
      throw new OperationError(
        `there is no archive "${name}" in account "${session.account}" (${session.accountId}); declare archive in the environment and deploy the backbone: only what is published from then on can be replayed`,
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
  readonly globalBus: string;
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
  const { name, archiveArn, globalBus, ruleArns, from, to } = replay;
  const request = session.eventBridge.send(
    new StartReplayCommand({
      ReplayName: name,
      EventSourceArn: archiveArn,
      EventStartTime: from,
      EventEndTime: to,
      Destination: { Arn: globalBus, FilterArns: [...ruleArns] },
    }),
  );
  await orExplain(
    request.catch((error: unknown) => {
      if (nameOf(error) !== "ResourceAlreadyExistsException") throw error;
    }),
    `start the replay ${name}`,
    session,
  );
}

export interface ReplayProgress {
  readonly state: string;
  readonly reason: string | undefined;
  /** Time of the last event that was replayed. */
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
    const answer = await orExplain(
      session.eventBridge.send(new DescribeReplayCommand({ ReplayName: name })),
      `look at the replay ${name}`,
      session,
    );
    const current = progressOf(answer);
    progress?.(current);
    if (finalStates.has(current.state) || signal.aborted) return current;
    await clock.sleep(pollMilliseconds, signal);
  }
}

function progressOf(answer: DescribeReplayResponse): ReplayProgress {
  return {
    state: answer.State ?? "unknown",
    reason: answer.StateReason,
    reached: answer.EventLastReplayedTime,
    from: answer.EventStartTime,
    to: answer.EventEndTime,
  };
}
