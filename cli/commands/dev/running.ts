import type { Registry, Subscription } from "../../../infra/registry/index.js";
import type { Stage } from "../../../rehearsal/stage.js";
import { messageOf } from "../../errors.js";
import { type Forward, forwardTo } from "./forward.js";
import { type Built, HandlerFiles, sourcesOf } from "./handlers.js";
import { type Live, openLive } from "./live.js";
import { Watch } from "./watch.js";

export interface RunningOptions {
  /** Folder from which the paths of handlers are. */
  readonly root: string;
  /** The registry's module. */
  readonly registryFile: string;
  readonly forwards: readonly Forward[];
  /** The stage as the registry is written now. @throws Error with what is wrong with it */
  readonly reopen: () => Promise<Stage>;
}

/** Who takes the events of a subscription. */
export interface Taker {
  /** Key. */
  readonly subscription: string;
  /** A file, a URL, or nobody here: what waits in a queue is polled by whoever likes. */
  readonly by: string | undefined;
  /** What is wrong with the code as it is written now; what was there before goes on. */
  readonly problem: string | undefined;
  /** When the code was last read; milliseconds since 1970. */
  readonly builtAt: number | undefined;
}

/** How long what is in hand may take before a new registry is put in its place. */
const patience = 2_000;

/** The backbone as the files say it is, now and after every change of one of them. */
export class Running {
  readonly #options: RunningOptions;
  readonly #files: HandlerFiles;
  readonly #watch: Watch;
  /** By the handler's path. */
  readonly #built = new Map<string, Built>();
  readonly #listeners = new Set<(turn: Turn) => void>();
  #live: Live;
  #registryFiles: readonly string[] = [];
  #problem: string | undefined;
  #turn: Promise<void> = Promise.resolve();

  private constructor(stage: Stage, options: RunningOptions) {
    this.#options = options;
    this.#files = new HandlerFiles(options.root);
    this.#live = openLive(stage);
    this.#watch = new Watch((changed) => {
      this.#turn = this.#turn.then(() => this.#follow(changed));
    });
  }

  /** With its handlers loaded; what is wrong with one is told by {@link takers}. */
  static async open(stage: Stage, options: RunningOptions): Promise<Running> {
    const running = new Running(stage, options);
    await Promise.all([running.#read(handlersIn(stage.registry)), running.#readSources()]);
    running.#handOut();
    return running;
  }

  get live(): Live {
    return this.#live;
  }

  get stage(): Stage {
    return this.#live.backbone.stage;
  }

  /** What is wrong with the registry as it is written now; the one before it goes on. */
  get problem(): string | undefined {
    return this.#problem;
  }

  takers(): readonly Taker[] {
    return this.stage.registry.subscriptions.map((subscription) => {
      const { key } = subscription;
      const url = this.#options.forwards.find((one) => one.subscription === key)?.url;
      const path = url === undefined ? handlerIn(subscription) : undefined;
      const built = path === undefined ? undefined : this.#built.get(path);
      return { subscription: key, by: url ?? path, problem: built?.problem, builtAt: built?.at };
    });
  }

  /** @returns takes it back */
  subscribe(listener: (turn: Turn) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when all changes of files that have been noticed are followed. */
  async turned(): Promise<void> {
    await this.#turn;
  }

  async close(): Promise<void> {
    this.#watch.close();
    await this.#turn;
    this.#live.backbone.close();
    this.#files[Symbol.dispose]();
  }

  async #follow(changed: ReadonlySet<string>): Promise<void> {
    const concerns = (files: readonly string[]) => files.some((file) => changed.has(file));
    const paths = [...this.#built].flatMap(([path, { files }]) => (concerns(files) ? [path] : []));
    const isRegistry = concerns(this.#registryFiles);
    if (paths.length === 0 && !isRegistry) return;
    await this.#read(paths);
    if (isRegistry) await this.#reopen();
    this.#handOut();
    for (const listener of this.#listeners) listener({ handlers: paths, isRegistry });
  }

  async #reopen(): Promise<void> {
    try {
      await this.#readSources();
      const stage = await this.#options.reopen();
      await this.#read(handlersIn(stage.registry).filter((path) => !this.#built.has(path)));
      await this.#replace(openLive(stage));
      this.#problem = undefined;
    } catch (error) {
      this.#problem = messageOf(error);
    }
  }

  /** What waits in queues moves over; what is in hand ends before, with the old code, if it does not take too long. */
  async #replace(next: Live): Promise<void> {
    const { backbone } = this.#live;
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      backbone.settle().catch(() => undefined),
      new Promise((resolve) => {
        timer = setTimeout(resolve, patience);
      }),
    ]);
    clearTimeout(timer);
    backbone.close();
    for (const queue of backbone.queues.all()) {
      const successor = next.backbone.queues.get(queue.arn);
      for (const message of queue.peek()) successor?.put(message);
    }
    this.#live = next;
  }

  async #readSources(): Promise<void> {
    const { root, registryFile } = this.#options;
    this.#registryFiles = await sourcesOf(root, registryFile, this.#registryFiles);
    this.#watch.add(this.#registryFiles);
  }

  async #read(paths: readonly string[]): Promise<void> {
    await Promise.all(
      paths.map(async (path) => {
        const built = await this.#files.read(path);
        const before = this.#built.get(path);
        this.#built.set(path, {
          ...built,
          handler: built.handler ?? before?.handler,
          files: [...built.files, ...(built.problem === undefined ? [] : (before?.files ?? []))],
        });
        this.#watch.add(built.files);
      }),
    );
  }

  #handOut(): void {
    const { backbone } = this.#live;
    for (const forward of this.#options.forwards)
      if (backbone.stage.registry.subscriptions.some(({ key }) => key === forward.subscription))
        backbone.handle(forward.subscription, forwardTo(forward));
    for (const subscription of backbone.stage.registry.subscriptions) {
      const path = handlerIn(subscription);
      if (path === undefined || this.#options.forwards.some((one) => one.subscription === subscription.key))
        continue;
      backbone.handle(subscription.key, this.#built.get(path)?.handler);
    }
  }
}

/** A change of files, and what was read again for it. */
export interface Turn {
  readonly handlers: readonly string[];
  readonly isRegistry: boolean;
}

function handlersIn({ subscriptions }: Pick<Registry, "subscriptions">): readonly string[] {
  return [...new Set(subscriptions.flatMap((one) => handlerIn(one) ?? []))];
}

function handlerIn({ target }: Subscription): string | undefined {
  return target.kind === "madeFunction" ? target.handler : undefined;
}
