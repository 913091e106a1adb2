import * as pulumi from "@pulumi/pulumi";
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import type { Bundles } from "../../infra/code/bundle.js";
import { deployStack } from "../../infra/program.js";
import type { AssumedRole, StackPlan } from "../../infra/topology/index.js";
import { withDigests } from "./archive.js";
import type { ProviderPlace } from "./arns.js";
import { collectGarbage } from "./garbage.js";
import { answerOf } from "./kinds/index.js";
import { type RecordedResource, type RecordedStack, resourceReference } from "./plan-file.js";

export interface StackToRecord {
  readonly stack: string;
  readonly plan: StackPlan;
  readonly assumeRoles: pulumi.Input<readonly AssumedRole[]>;
  /** Code of the functions that the plan has. Default: it has none. */
  readonly handlers?: Bundles;
}

/**
 * Runs the real program for one stack under Pulumi's mocks and returns what it registered, in the order it
 * was constructed. Pulumi's mock runtime is global to the process: one stack after the other, never two at once.
 * @throws whatever the program threw, in a constructor or later in an Output
 */
export async function recordStack(stack: StackToRecord): Promise<RecordedStack> {
  const recording = new Recording();
  const restoreProcess = takeOverProcess(recording);
  try {
    return await Promise.race([recording.failure, evaluate(stack, recording)]);
  } finally {
    // One error rejects a promise for every output; the later ones must not reach the process either.
    await setImmediate();
    restoreProcess();
    collectGarbage();
  }
}

async function evaluate(
  { stack, plan, assumeRoles, handlers }: StackToRecord,
  recording: Recording,
): Promise<RecordedStack> {
  await pulumi.runtime.setMocks(recording, "event-backbone", stack);
  const outputs: unknown = await pulumi.runtime.runInPulumiStack(() => {
    pulumi.runtime.registerStackTransformation(recording.observe);
    return Promise.resolve(deployStack(plan, assumeRoles, handlers));
  });
  // The stack's promise resolves before its resources are registered; disconnecting waits for them.
  await pulumi.runtime.disconnect();
  const resources = await recording.resources();
  // The process learns of an unhandled rejection a turn later; without this one it would pass for success.
  await setImmediate();
  const { account, accountId, region } = plan;
  return { stack, account, accountId, region, resources, outputs: plainJson(outputs) };
}

/**
 * An error in an Output or a mock reaches nobody but the process, as an unhandled rejection. Stack traces and
 * source maps are off meanwhile: Pulumi takes several traces per resource, which is most of a resource's cost.
 * So is its search for promises that never settle, which is a third of what a resource holds: `disconnect` waits for all.
 * A failure found so is reported with its message; running `pulumi preview` shows the trace.
 */
function takeOverProcess(recording: Recording): () => void {
  const listeners = process.listeners("unhandledRejection");
  const stackTraceLimit = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit") ?? {};
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", recording.fail);
  // Pulumi sets it to infinity for every resource it constructs; where it is no plain number, V8 takes no trace.
  Object.defineProperty(Error, "stackTraceLimit", { get: () => 0, set: () => undefined, configurable: true });
  const { sourceMapsEnabled } = process;
  process.setSourceMapsEnabled(false);
  const unchanged = { ...debuggable };
  Object.assign(debuggable, { debuggablePromise: (promise: unknown) => promise });
  return () => {
    Object.assign(debuggable, unchanged);
    process.setSourceMapsEnabled(sourceMapsEnabled);
    Object.defineProperty(Error, "stackTraceLimit", stackTraceLimit);
    process.off("unhandledRejection", recording.fail);
    for (const listener of listeners) process.on("unhandledRejection", listener);
  };
}

interface ObservedResource {
  readonly reference: string;
  readonly type: string;
  readonly name: string;
  readonly options: pulumi.ResourceOptions & { readonly deleteBeforeReplace?: boolean };
}

const plainObject = z.record(z.string(), z.json());

/** Provider inputs travel as JSON text. */
const providerInputs = z.object({
  region: z.string(),
  allowedAccountIds: z.string().transform((text) => z.tuple([z.string()]).parse(JSON.parse(text))),
});

/** What the program does to Pulumi, seen from both sides: options at construction, inputs at registration. */
class Recording implements pulumi.runtime.Mocks {
  /** Rejects with the first error that nobody handled. */
  readonly failure: Promise<never>;
  readonly fail: (reason: unknown) => void;

  readonly #observed = new Map<pulumi.Resource, ObservedResource>();
  readonly #inputs = new Map<string, RecordedResource["inputs"]>();
  readonly #providers = new Map<string, ProviderPlace>();

  constructor() {
    let rejectFailure: (reason: unknown) => void = () => undefined;
    this.failure = new Promise<never>((_, reject) => {
      rejectFailure = reject;
    });
    // Nobody may be waiting when it rejects; whoever waits later still sees it.
    this.failure.catch(() => undefined);
    this.fail = rejectFailure;
  }

  /** A stack transformation that changes nothing: the only place where parent and options are visible. */
  readonly observe: pulumi.ResourceTransformation = ({ resource, type, name, opts }) => {
    this.#observed.set(resource, { reference: resourceReference({ type, name }), type, name, options: opts });
    return undefined;
  };

  async newResource(args: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult> {
    const inputs = plainJson(await withDigests(args.inputs));
    const id = `${args.name}-id`;
    if (args.type !== stackType) this.#inputs.set(resourceReference(args), inputs);
    if (args.type.startsWith("pulumi:providers:")) {
      const { region, allowedAccountIds } = providerInputs.parse(inputs);
      this.#providers.set(id, { region, accountId: allowedAccountIds[0] });
      return { id, state: {} };
    }
    if (args.custom !== true) return { id: undefined, state: {} };
    // Outputs that AWS merely echoes are filled from the inputs by the SDK.
    return { id, state: answerOf(args.type, inputs, this.#placeOf(args)) };
  }

  call({ token }: pulumi.runtime.MockCallArgs): never {
    throw new Error(`the program asks AWS (${token}); everything must be known from the registry`);
  }

  /** A resource's provider reference ends in `::<provider id>`. */
  #placeOf({ type, name, provider }: pulumi.runtime.MockResourceArgs): ProviderPlace {
    const place = this.#providers.get(provider?.split("::").at(-1) ?? "");
    if (place === undefined)
      throw new Error(`${type} "${name}" has no explicit provider and could land in any account`);
    return place;
  }

  async resources(): Promise<RecordedResource[]> {
    const observed = [...this.#observed.values()].filter(({ type }) => type !== stackType);
    return Promise.all(
      observed.map(async ({ reference, type, name, options }): Promise<RecordedResource> => {
        const inputs = this.#inputs.get(reference);
        if (inputs === undefined) throw new Error(`${reference} was constructed but never registered`);
        const parent = options.parent && this.#observed.get(options.parent);
        return {
          type,
          name,
          ...(parent === undefined ? {} : { parent: parent.reference }),
          inputs,
          options: {
            protect: options.protect ?? false,
            deleteBeforeReplace: options.deleteBeforeReplace ?? false,
            dependsOn: await this.#dependencies(options),
            ...(options.retainOnDelete === true ? { retainOnDelete: true } : {}),
            ...triggerOf(options),
          },
        };
      }),
    );
  }

  async #dependencies({ dependsOn }: pulumi.ResourceOptions): Promise<string[]> {
    if (dependsOn === undefined) return [];
    const resolved = await new Promise<readonly pulumi.Resource[]>((resolve) => {
      pulumi.output(dependsOn).apply((resources) => {
        resolve([resources].flat());
      });
    });
    return resolved.flatMap((resource) => this.#observed.get(resource)?.reference ?? []);
  }
}

function triggerOf({ replacementTrigger }: pulumi.ResourceOptions): { replacementTrigger?: string } {
  const trigger: unknown = replacementTrigger;
  return typeof trigger === "string" ? { replacementTrigger: trigger } : {};
}

const stackType = "pulumi:pulumi:Stack";

/** Key that marks a secret in what the mocks are handed; its value is beside it. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** Takes secrets out of their wrappers and drops what is undefined. */
function plainJson(value: unknown): RecordedResource["inputs"] {
  const text = JSON.stringify(value ?? {}, (_key, member: unknown) =>
    typeof member === "object" && member !== null && secretMark in member && "value" in member
      ? member.value
      : member,
  );
  return plainObject.parse(JSON.parse(text));
}
