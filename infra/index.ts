import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { registry as definition } from "../config/index.js";
import { HandlerError } from "./code/bundle.js";
import { deployStack, type StackOutputs } from "./program.js";
import { parseRegistry, RegistryError } from "./registry/index.js";
import {
  OpeningError,
  planStack,
  readStackSettings,
  refuseNewIdentity,
  refuseOpenRules,
  selectStack,
  type StackConfiguration,
  StackIdentityError,
  StackSettingsError,
  TopologyError,
  UnknownStackError,
} from "./topology/index.js";

/** All of it: the engine accepts misspelt keys, so this program must see them. */
function configuration(): StackConfiguration {
  // Which keys are secret the SDK asks the environment, and nobody can ask the SDK.
  const { PULUMI_CONFIG_SECRET_KEYS: secretKeys = "[]" } = process.env;
  return {
    stack: pulumi.getStack(),
    project: pulumi.getProject(),
    values: pulumi.runtime.allConfig(),
    secretKeys: z.array(z.string()).parse(JSON.parse(secretKeys)),
  };
}

/** The registry and the plan are made before any resource, so that a mistake leaves nothing half done. */
async function program(): Promise<StackOutputs> {
  const settings = readStackSettings(configuration());
  const registry = parseRegistry(definition);
  const plan = planStack(registry, selectStack(registry, pulumi.getStack(), settings));
  const deployed = await deployedOutputs();
  if (deployed !== undefined) {
    refuseNewIdentity(pulumi.getStack(), deployed.busArn, plan);
    refuseOpenRules(pulumi.getStack(), deployed, plan);
  }
  for (const warning of settings.warnings) void pulumi.log.warn(warning);
  const { assumeRoles, rolesAreSecret } = settings;
  return deployStack(plan, rolesAreSecret ? pulumi.secret(assumeRoles) : assumeRoles);
}

const stackOutputs = z.object({
  busArn: z.string(),
  forwardRules: z.array(z.string()).default([]),
  publishing: z.string().optional(),
});

/**
 * What the last deployment of this stack left, as its outputs say. Undefined before the first one, and
 * wherever the engine does not tell: what protects a stack is the engine's own refusal, here it is put into words.
 */
async function deployedOutputs(): Promise<z.infer<typeof stackOutputs> | undefined> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  try {
    const read: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
    return z.object({ outputs: stackOutputs }).safeParse(read).data?.outputs;
  } catch {
    return undefined;
  }
}

/** A mistake of the user's is told in words; anything else is a bug and keeps its stack trace. */
async function outputsOrRunError(): Promise<StackOutputs> {
  try {
    return await program();
  } catch (error) {
    const expected = [
      RegistryError,
      TopologyError,
      HandlerError,
      UnknownStackError,
      StackSettingsError,
      StackIdentityError,
      OpeningError,
    ];
    if (error instanceof Error && expected.some((kind) => error instanceof kind)) {
      const mistake = new pulumi.RunError(error.message);
      // Nobody sees this stack, but the SDK formats it in colours, on which Node 20 spends twenty seconds.
      mistake.stack = "";
      throw mistake;
    }
    throw error;
  }
}

export default outputsOrRunError;
