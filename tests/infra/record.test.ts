import { ComponentResource, output, secret } from "@pulumi/pulumi";
import { Queue } from "@pulumi/aws/sqs/index.js";
import { afterEach, describe, expect, it, vi } from "vitest";
import { registry as example } from "../fixtures/registries/every-switch.js";
import type { deployStack } from "../../infra/program.js";
import { parseRegistry } from "../../infra/registry/index.js";
import { planStack, selectStack } from "../../infra/topology/index.js";
import { recordStack } from "../../rehearsal/emission/record.js";
import { ofKind, recordByName, textOf } from "../fixtures/recordings.js";

type Program = typeof deployStack;

/** Runs instead of the program's function, where a test puts one. */
const substitute = vi.hoisted((): { program: Program | undefined } => ({ program: undefined }));

vi.mock(import("../../infra/program.js"), async (importOriginal) => {
  const original = await importOriginal();
  const program: Program = (...args) => (substitute.program ?? original.deployStack)(...args);
  return { ...original, deployStack: program };
});

afterEach(() => {
  substitute.program = undefined;
});

function record() {
  const registry = parseRegistry(example);
  const plan = planStack(registry, selectStack(registry, "orders"));
  return recordStack({ stack: "orders", plan, assumeRoles: [] });
}

describe("recordStack", () => {
  it("records the same stack twice as the same", async () => {
    expect(await recordByName(example, "global")).toEqual(await recordByName(example, "global"));
  });

  it.each([
    { name: "as they are", given: <Value>(value: Value) => value },
    { name: "out of their wrapper where they are secret", given: secret },
  ])("hands the roles to assume to the provider, $name", async ({ given }) => {
    const assumeRoles = [{ roleArn: "arn:aws:iam::222222222222:role/deploy", externalId: "x" }];
    const [provider] = ofKind(await recordByName(example, "orders", given(assumeRoles)), "aws");
    expect(JSON.parse(textOf(provider, "assumeRoles"))).toEqual(assumeRoles);
  });

  it.each([
    {
      name: "an error in the program",
      program: () => {
        throw new Error("broken program");
      },
      says: "broken program",
    },
    {
      name: "an error in an Output",
      program: () => {
        const failing = output(1).apply((): string => {
          throw new Error("broken output");
        });
        return { failing };
      },
      says: "broken output",
    },
    {
      name: "an error in an Output that nobody waits for",
      program: () => {
        new ComponentResource("test:index:Forgotten", "forgotten").urn.apply(() => {
          throw new Error("broken and forgotten");
        });
        return {};
      },
      says: "broken and forgotten",
    },
    {
      name: "a resource without an explicit provider",
      program: () => {
        new Queue("stray", { name: "stray" });
        return {};
      },
      says: "no explicit provider and could land in any account",
    },
  ])("rejects with $name and leaves the process as it was", async ({ program, says }) => {
    const before = { listeners: process.listeners("unhandledRejection"), limit: Error.stackTraceLimit };
    substitute.program = program;
    await expect(record()).rejects.toThrow(says);
    expect(process.listeners("unhandledRejection")).toEqual(before.listeners);
    expect(Error.stackTraceLimit).toBe(before.limit);

    substitute.program = undefined;
    const { resources } = await record();
    expect(resources).toEqual((await recordByName(example, "orders")).resources);
  });

  it("leaves the process as it was when all is well", async () => {
    const before = process.listeners("unhandledRejection");
    await record();
    expect(process.listeners("unhandledRejection")).toEqual(before);
  });
});
