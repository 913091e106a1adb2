import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Contract, JsonObject, Story } from "../../infra/registry/index.js";
import type { Stage } from "../stage.js";
import { Backbone } from "./create-backbone.js";
import type { Handler } from "./invoke.js";
import { HandlersError, loadHandlers } from "./load-handlers.js";
import { tellStory } from "./story.js";
import type { ToldEvent } from "./tell.js";

/** A story as it went with the services' own code. */
export interface PlayedStory {
  /** Whether every step happened, and every handler did its work. */
  readonly ok: boolean;
  /** All events with what they led to, as a tree. */
  readonly told: string;
  /** Steps that did not happen. */
  readonly missing: readonly string[];
}

/** Longer than any handler is tried again. */
const longEnough = "12 hours";

/**
 * Plays stories with the code of the services: who begins one is called, or the first step's example published; what happens
 * then is for handlers to do, but for the examples of what AWS publishes. Each has a backbone of its own.
 * @param root folder from which the paths of handlers are
 * @throws HandlersError with everything that is wrong with any file
 */
export async function playStories(
  stage: Stage,
  stories: readonly Story[],
  root: string,
): Promise<ReadonlyMap<string, PlayedStory>> {
  const handlers = await loadHandlers(root, stage.registry.subscriptions);
  const played = new Map<string, PlayedStory>();
  for (const story of stories) played.set(story.name, await play(stage, story, handlers, root));
  return played;
}

async function play(
  stage: Stage,
  { steps, begins }: Story,
  handlers: ReadonlyMap<string, Handler>,
  root: string,
): Promise<PlayedStory> {
  const begin = begins === undefined ? undefined : await beginning(root, begins);
  await using backbone = new Backbone(stage);
  for (const [key, handler] of handlers) backbone.handle(key, handler);
  const first = stage.registry.contracts.get(steps[0] ?? "");
  if (first === undefined) return { ok: true, told: "", missing: [] };
  await started(backbone, first, begin);
  await backbone.advance(longEnough);
  // No handler makes what AWS publishes.
  for (const step of steps.slice(1)) {
    if (stage.registry.contracts.get(step)?.origin === undefined) continue;
    await backbone.put(step);
    await backbone.advance(longEnough);
  }
  const events = backbone.events();
  const missing = steps.filter((step) => !events.some((event) => event.contract === step && isTaken(event)));
  const failed = events
    .flatMap(({ deliveries }) => deliveries)
    .filter(({ attempts }) => attempts.at(-1)?.error);
  return { ok: missing.length === 0 && failed.length === 0, told: tellStory(events), missing };
}

async function started(
  backbone: Backbone,
  { key, service, example }: Contract,
  begin: ((detail: JsonObject) => unknown) | undefined,
): Promise<void> {
  if (begin === undefined) await backbone.put(key);
  else await backbone.as(service, () => begin(example));
}

function isTaken({ refused }: ToldEvent): boolean {
  return refused === undefined;
}

/** The one function that a file exports. */
async function beginning(root: string, path: string): Promise<(detail: JsonObject) => unknown> {
  const file = join(root, path);
  if (!existsSync(file))
    throw new HandlersError([`${path}: there is no such file; write it, or mend begins of the story`]);
  const module: unknown = await import(/* @vite-ignore */ pathToFileURL(file).href);
  const exported = typeof module === "object" && module !== null ? Object.entries(module) : [];
  const functions = exported.map(([, value]: [string, unknown]) => value).filter(isFunction);
  const [only] = functions;
  if (only !== undefined && functions.length === 1) return only;
  throw new HandlersError([
    `${path}: exports ${functions.length === 0 ? "no function" : "several functions"}; a story is begun by the one function of its file`,
  ]);
}

function isFunction(value: unknown): value is (detail: JsonObject) => unknown {
  return typeof value === "function";
}
