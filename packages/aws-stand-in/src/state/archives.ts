import { AwsError } from "../aws-error.js";
import { type Clock, systemClock } from "./clock.js";

export interface Archive {
  readonly arn: string;
  /** ARN of the bus it is of. */
  readonly busArn: string;
  /** Default: `ENABLED`. */
  readonly state?: string;
  /** Why it is in that state. */
  readonly stateReason?: string;
  /** Default: 0, for ever. */
  readonly retentionDays?: number;
  readonly eventCount?: number;
  /** Milliseconds since 1970. Default: when it was put here. */
  readonly createdAt?: number;
}

export interface ReplayRequest {
  readonly arn: string;
  readonly archiveArn: string;
  readonly busArn: string;
  readonly ruleArns: readonly string[];
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

export interface Replay extends ReplayRequest {
  readonly state: string;
  readonly startedAt: number;
  /** Time of the last event that was replayed; undefined before the first. */
  readonly reached: number | undefined;
}

export interface ArchivesOptions {
  readonly clock?: Clock;
  /**
   * Replays the events; called when a replay begins to run.
   * @returns the time of the last one, or undefined if there was none. Default: the end of what was asked for.
   */
  readonly replay?: (request: ReplayRequest) => number | undefined;
  /** States that a replay goes through, one each time it is looked at; the last one stays. */
  readonly states?: readonly string[];
}

interface Started {
  readonly request: ReplayRequest;
  readonly startedAt: number;
  states: readonly string[];
  reached: number | undefined;
  hasRun: boolean;
}

const finalStates: ReadonlySet<string> = new Set(["COMPLETED", "CANCELLED", "FAILED"]);

/** AWS runs so many replays of an account and Region at a time. */
const mostReplays = 10;

/** Archives of events and their replays, of all accounts and Regions. A replay goes on each time it is looked at. */
export class Archives {
  readonly #archives = new Map<string, Archive>();
  readonly #replays = new Map<string, Started>();
  readonly #clock: Clock;
  readonly #replay: NonNullable<ArchivesOptions["replay"]>;
  readonly #states: readonly string[];

  constructor(options: ArchivesOptions = {}) {
    const { clock = systemClock, replay = ({ until }) => until, states } = options;
    this.#clock = clock;
    this.#replay = replay;
    this.#states = states ?? ["STARTING", "RUNNING", "COMPLETED"];
  }

  put(archive: Archive): void {
    this.#archives.set(archive.arn, { createdAt: this.#clock.now(), ...archive });
  }

  /** @throws AwsError if it does not exist */
  existing(arn: string): Archive {
    const archive = this.#archives.get(arn);
    if (archive !== undefined) return archive;
    throw notFound("Archive", arn);
  }

  /** @throws AwsError if there is no such archive, there is such a replay, or too many run */
  start(request: ReplayRequest): Replay {
    const { busArn } = this.existing(request.archiveArn);
    if (busArn !== request.busArn) {
      throw new AwsError(
        "ValidationException",
        "Parameter Destination.Arn is not valid. Reason: Must be the event bus of the archive.",
      );
    }
    if (this.#replays.has(request.arn)) {
      throw new AwsError("ResourceAlreadyExistsException", `Replay ${nameOf(request.arn)} already exists.`);
    }
    const place = placeOf(request.arn);
    const running = [...this.#replays.values()].filter(
      (one) => placeOf(one.request.arn) === place && !isOver(one),
    );
    if (running.length >= mostReplays) {
      throw new AwsError(
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
      );
    }
    return this.add(request, { states: this.#states });
  }

  /** Takes a replay as one that was started earlier, and has come to the first of its states. */
  add(
    request: ReplayRequest,
    { states, reached }: { readonly states: readonly string[]; readonly reached?: number },
  ): Replay {
    const hasRun = states[0] !== "STARTING";
    const started = { request, startedAt: this.#clock.now(), states, reached, hasRun };
    this.#replays.set(request.arn, started);
    return describe(started);
  }

  /** What a replay is about now; the next look finds it further on. */
  look(arn: string): Replay {
    const started = this.#existing(arn);
    if (!started.hasRun && /^(?:RUNNING|COMPLETED)$/.test(started.states[0] ?? "")) {
      started.hasRun = true;
      started.reached = this.#replay(started.request);
    }
    const replay = describe(started);
    if (started.states.length > 1) started.states = started.states.slice(1);
    return replay;
  }

  /** @throws AwsError if it is over, or never was */
  cancel(arn: string): Replay {
    const started = this.#existing(arn);
    if (isOver(started)) {
      throw new AwsError(
        "IllegalStatusException",
        `Replay ${nameOf(arn)} is not in a state that can be cancelled.`,
      );
    }
    started.states = ["CANCELLING", "CANCELLED"];
    return describe(started);
  }

  /** Those of an account and Region, of one archive or of all. */
  list(place: string, archiveArn?: string): Replay[] {
    return [...this.#replays.values()]
      .map(describe)
      .filter((one) => placeOf(one.arn) === place && (archiveArn ?? one.archiveArn) === one.archiveArn);
  }

  #existing(arn: string): Started {
    const replay = this.#replays.get(arn);
    if (replay !== undefined) return replay;
    throw notFound("Replay", arn);
  }
}

function notFound(kind: string, arn: string): AwsError {
  return new AwsError("ResourceNotFoundException", `${kind} ${nameOf(arn)} does not exist.`);
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);

/** Region and account. */
const placeOf = (arn: string): string => arn.split(":").slice(3, 5).join(":");

const isOver = ({ states }: Started): boolean => finalStates.has(states[0] ?? "");

function describe({ request, startedAt, states, reached }: Started): Replay {
  return { ...request, startedAt, state: states[0] ?? "COMPLETED", reached };
}
