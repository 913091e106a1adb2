import { partitionOf } from "eventbridge-simulator";
import type { Parameter, Parameters } from "../state/parameters.js";
import type { Call } from "../wire/call.js";
import type { Actions } from "./actions.js";

/** The Parameter Store, to read. */
export function ssmActions(parameters: Parameters): Actions {
  return {
    GetParameter: (input, call) => ({
      Parameter: parameterAnswer(parameters.existing(arnOf(input.text("Name"), call)), call),
    }),
    GetParameters: (input, call) => {
      const names = input.texts("Names");
      const found = names.flatMap((name) => parameters.get(arnOf(name, call)) ?? []);
      const missing = names.filter((name) => parameters.get(arnOf(name, call)) === undefined);
      return { Parameters: found.map((one) => parameterAnswer(one, call)), InvalidParameters: missing };
    },
    GetParametersByPath: (input, call) => {
      const path = input.text("Path").replace(/\/?$/, "/");
      const below = parameters.under(arnOf(path, call));
      const isRecursive = input.optionalFlag("Recursive") ?? false;
      const found = below.filter(({ name }) => isRecursive || !name.slice(path.length).includes("/"));
      return { Parameters: found.map((one) => parameterAnswer(one, call)) };
    },
  };
}

/** A parameter by its ARN, or by its name in the caller's account. */
function arnOf(name: string, { region, caller }: Call): string {
  if (name.startsWith("arn:")) return name;
  const path = name.startsWith("/") ? name : `/${name}`;
  return `arn:${partitionOf(region)}:ssm:${region}:${caller.accountId}:parameter${path}`;
}

function parameterAnswer({ arn, name, type, value, version, modifiedAt }: Parameter, { host }: Call) {
  return {
    ARN: arn,
    Name: name,
    Type: type,
    Value: typeof value === "string" ? value : value(host),
    Version: version,
    LastModifiedDate: modifiedAt / 1_000,
    DataType: "text",
  };
}
