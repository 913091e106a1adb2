/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How what is not set is set. */
const mends = {
  BACKBONE_BUS_ARN:
    "the ARN of the global bus; AWS has it for every account: export BACKBONE_BUS_ARN=$(aws ssm get-parameter --name /<prefix>/<account>/global-bus-arn --query Parameter.Value --output text), or give publish the option bus",
  BACKBONE_ENVIRONMENT:
    "the name of the environment, which a source with {environment} has in it: export BACKBONE_ENVIRONMENT=prod",
} as const;

/** @throws Error that says what the variable is, and how to set it */
export function wanted(environment: Environment, name: keyof typeof mends): string {
  const value = environment[name];
  if (value === undefined || value === "")
    throw new Error(`the environment variable ${name} is not set: it is ${mends[name]}`);
  return value;
}
