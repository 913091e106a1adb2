import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { queueRetentionSeconds } from "../../infra/aws/limits.js";
import { type Clock, OperationError } from "../run.js";
import { type History, historyOf, type JournalRecord, noHistory } from "./history.js";

type Undated = JournalRecord extends infer One
  ? One extends { at: string }
    ? Omit<One, "at">
    : never
  : never;

/** Where a redrive says what it is about to do and what came of it, before it goes on. */
export interface Journal {
  /** @throws OperationError if the line cannot be brought to the disk */
  readonly write: (record: Undated) => void;
  readonly close: () => void;
}

/**
 * Folder of the journals, by the conventions of the system; EVENT_BACKBONE_STATE overrides it.
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function stateFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  // A variable that is set to nothing is as good as none.
  const variable = (name: string) => (environment[name] === "" ? undefined : environment[name]);
  const own = variable("EVENT_BACKBONE_STATE");
  if (own !== undefined) return own;
  const base =
    platform === "win32"
      ? (variable("LOCALAPPDATA") ?? join(homedir(), "AppData", "Local"))
      : (variable("XDG_STATE_HOME") ?? join(homedir(), ".local", "state"));
  return join(base, "event-backbone");
}

/** Journals of one queue. Each run has a file of its own, so that runs at the same time do not disturb each other. */
function folderOf(state: string, queueArn: string): string {
  return join(state, "redrives", queueArn.replaceAll(":", "_"));
}

/** Nothing is longer in a queue, so older journals speak of nothing that is still there. */
const longestMilliseconds = (queueRetentionSeconds + 86_400) * 1_000;

/**
 * Reads what earlier runs have done with the letters of a queue; throws away journals that are older than any
 * letter can be.
 * @throws OperationError if the folder is there and cannot be read: without it, events may be sent twice
 */
export function readHistory(state: string, queueArn: string, now: Date): History {
  const folder = folderOf(state, queueArn);
  if (!existsSync(folder)) return noHistory;
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
    const texts = names.flatMap((name) => {
      const file = join(folder, name);
      if (now.getTime() - statSync(file).mtimeMs < longestMilliseconds) return [readFileSync(file, "utf8")];
      rmSync(file, { force: true });
      return [];
    });
    return historyOf(texts);
  } catch (error) {
    throw new OperationError(
      `the journals in ${folder} cannot be read: ${reasonOf(error)}; they say what earlier runs have sent, so make them readable: a redrive without them may send events twice`,
      { cause: error },
    );
  }
}

/** Begins the journal of a run. */
export function openJournal(state: string, queueArn: string, account: string, clock: Clock): Journal {
  const folder = folderOf(state, queueArn);
  const started = clock.now().toISOString().replaceAll(":", "");
  const file = join(folder, `${started}-${randomUUID()}.jsonl`);
  let descriptor: number;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    descriptor = openSync(file, "a", 0o600);
  } catch (error) {
    throw unusable(folder, error);
  }
  const write = (record: Undated): void => {
    try {
      writeWhole(descriptor, `${JSON.stringify({ ...record, at: clock.now().toISOString() })}\n`);
    } catch (error) {
      throw unusable(file, error);
    }
  };
  const close = (): void => {
    closeSync(descriptor);
  };
  write({ kind: "began", queue: queueArn, account });
  return { write, close };
}

function unusable(path: string, error: unknown): OperationError {
  return new OperationError(
    `the journal ${path} cannot be written: ${reasonOf(error)}; without it a later run could send events twice, so make room for it, or let it be written`,
    { cause: error },
  );
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Writes so many of the bytes from an offset on as the disk takes at once; as `writeSync` does. */
export type WriteBytes = (descriptor: number, bytes: Uint8Array, offset: number) => number;

/**
 * Brings a text to the disk, or throws: a disk that fills up takes a part first and says so only at the next try.
 * @see https://man7.org/linux/man-pages/man2/write.2.html
 */
export function writeWhole(descriptor: number, text: string, write: WriteBytes = writeSync): void {
  const bytes = Buffer.from(text);
  let offset = 0;
  while (offset < bytes.length) {
    const taken = write(descriptor, bytes, offset);
    if (taken <= 0) throw new Error("the disk takes no more");
    offset += taken;
  }
  fsyncSync(descriptor);
}
