import type { ToldAttempt, ToldEvent } from "../../../rehearsal/local/tell.js";
import { printable } from "../../terminal/printable.js";
import { type FedEvent, fedAfter } from "./api/feed.js";
import type { Running } from "./running.js";

/** What has changed is told at most so often, in milliseconds, and of so many events. */
const pace = 50;
const most = 40;
/** A refusal says the statement and what it wanted, whole. */
const longestLine = 2_000;

/** Tells what happens, in the sentences of the page. */
export class Narrator {
  readonly #running: Running;
  readonly #write: (text: string) => void;
  readonly #isJson: boolean;
  /** What has been said of an event that may still change. */
  readonly #said = new Map<string, ReadonlySet<string>>();
  #stopLog: () => void;
  readonly #stop: () => void;
  #cursor: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param isJson whether each change is to be an event as JSON, on a line of its own */
  constructor(running: Running, write: (text: string) => void, isJson = false) {
    this.#running = running;
    this.#write = write;
    this.#isJson = isJson;
    this.#stopLog = this.#listen();
    this.#stop = running.subscribe(() => {
      this.#stopLog();
      this.#stopLog = this.#listen();
    });
  }

  /** Says what there is to say before it ends. */
  close(): void {
    this.#stop();
    this.#stopLog();
    clearTimeout(this.#timer);
    this.#flush();
  }

  #listen(): () => void {
    return this.#running.live.backbone.log.subscribe(() => {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#flush();
      }, pace);
    });
  }

  #flush(): void {
    const { live } = this.#running;
    const changed = fedAfter(live, this.#cursor);
    this.#cursor = changed.at(-1)?.cursor ?? this.#cursor;
    if (changed.length === 0) return;
    if (this.#isJson) {
      this.#write(changed.map((event) => `${JSON.stringify(event)}\n`).join(""));
      return;
    }
    const inOrder = changed.slice(0, most).sort((left, right) => left.at - right.at);
    const lines = inOrder.flatMap((event) => this.#news(event));
    const left = changed.length - most;
    if (left > 0) lines.push(`… and ${left} more events at once, which the page has`);
    if (lines.length > 0) this.#write(`${lines.join("\n")}\n`);
  }

  #news(event: FedEvent): string[] {
    const before = this.#said.get(event.id) ?? new Set<string>();
    const lines = linesOf(event).map((line) => printable(line, longestLine));
    this.#said.set(event.id, new Set(lines));
    for (const id of this.#said.keys()) {
      if (this.#said.size <= 1_000) break;
      this.#said.delete(id);
    }
    const news = lines.filter((line) => !before.has(line));
    // What belongs to an event that was told of a while ago says which.
    return news.length === 0 || news[0] === lines[0]
      ? news
      : news.map((line) => line.replace("  ", `  ${shortId(event.id)} `));
  }
}

const shortId = (id: string): string => id.slice(0, 8);

/** An event in words: itself first, then what became of it at each subscription. What goes on right now is not told. */
export function linesOf(event: ToldEvent): string[] {
  const { id, contract, by, from, at, outcome, refused, deliveries } = event;
  const cause = from === undefined ? "" : ` (${from})`;
  return [
    `${clock(at)}  ${contract}  by ${by}${cause}  ${shortId(id)}  ${refused ?? outcome}`,
    ...deliveries.flatMap(({ subscription, outcome: became, attempts }) =>
      /^(?:queued|attempt \d+(?: of \d+)? runs)$/.test(became)
        ? []
        : [`  -> ${subscription}: ${became}${took(attempts.at(-1))}`],
    ),
  ];
}

function took(attempt: ToldAttempt | undefined): string {
  return attempt?.duration === undefined ? "" : `  ${Math.max(1, Math.round(attempt.duration))} ms`;
}

function clock(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}
