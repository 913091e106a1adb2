import * as pulumi from "@pulumi/pulumi";
import { registry as definition } from "../config/index.js";
import { deployStack, type StackOutputs } from "./program.js";
import { parseRegistry, RegistryError } from "./registry/index.js";
import {
  planStack,
  readStackSettings,
  selectStack,
  StackSettingsError,
  TopologyError,
  UnknownStackError,
} from "./topology/index.js";

/** The registry and the plan are made before any resource, so that a mistake leaves nothing half done. */
function program(): StackOutputs {
  const config = new pulumi.Config();
  const settings = readStackSettings(pulumi.getStack(), {
    account: config.get("account"),
    environment: config.get("environment"),
    assumeRoles: config.getObject("assumeRoles"),
  });
  const registry = parseRegistry(definition);
  const plan = planStack(registry, selectStack(registry, pulumi.getStack(), settings));
  return deployStack(plan, settings.assumeRoles);
}

/** A mistake of the user's is told in words; anything else is a bug and keeps its stack trace. */
function outputsOrRunError(): StackOutputs {
  try {
    return program();
  } catch (error) {
    const expected = [RegistryError, TopologyError, UnknownStackError, StackSettingsError];
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
