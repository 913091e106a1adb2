import { z } from "zod";
import type { AssumedRole } from "./plan.js";
import type { StackOverrides } from "./stack-name.js";

/** What a stack's configuration says, in the namespace `event-backbone`. */
export interface StackSettings extends StackOverrides {
  readonly assumeRoles: readonly AssumedRole[];
}

/** The stack's configuration cannot be used. */
export class StackSettingsError extends Error {
  override readonly name = "StackSettingsError";
}

const keysMend = "known keys are account, environment and assumeRoles";
const roleKeysMend = "known keys are roleArn, externalId and sessionName";
const assumeRolesMend = 'write a list such as [{ roleArn: "arn:aws:iam::111111111111:role/deploy" }]';

const settings = z.strictObject({
  account: z.string("must be text: the name of an account in the registry").optional(),
  environment: z.string("must be text: the name of an environment in the registry").optional(),
  assumeRoles: z
    .array(
      z.strictObject(
        {
          roleArn: z
            .string(`must be text; ${assumeRolesMend}`)
            .regex(/^arn:[\w-]+:iam::\d{12}:role\/.+$/, `is no role ARN; ${assumeRolesMend}`),
          externalId: z.string("must be text").optional(),
          sessionName: z.string("must be text").optional(),
        },
        `must be a role; ${assumeRolesMend}`,
      ),
      `must be a list of roles; ${assumeRolesMend}`,
    )
    .optional(),
});

/**
 * Reads a stack's configuration values, from the engine or from the stack file.
 * @throws StackSettingsError with every mistake
 */
export function readStackSettings(stack: string, values: Readonly<Record<string, unknown>>): StackSettings {
  const result = settings.safeParse(values);
  if (!result.success) {
    const problems = result.error.issues.flatMap((issue) => {
      if (issue.code !== "unrecognized_keys")
        return [`  event-backbone:${issue.path.join(".")}: ${issue.message}`];
      const mend = issue.path.length === 0 ? keysMend : roleKeysMend;
      return issue.keys.map(
        (key) => `  event-backbone:${[...issue.path, key].join(".")}: nothing is called so here; ${mend}`,
      );
    });
    throw new StackSettingsError(
      [`The configuration of stack "${stack}" cannot be used:`, ...problems].join("\n"),
    );
  }
  const { account, environment, assumeRoles = [] } = result.data;
  return {
    account,
    environment,
    assumeRoles: assumeRoles.map(({ roleArn, externalId, sessionName }) => ({
      roleArn,
      ...(externalId === undefined ? {} : { externalId }),
      ...(sessionName === undefined ? {} : { sessionName }),
    })),
  };
}
