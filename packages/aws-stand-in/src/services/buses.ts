import { partitionOf } from "eventbridge-simulator";
import { AwsError } from "../aws-error.js";
import type { Bus, FindBus } from "../state/buses.js";
import type { Call } from "../wire/call.js";
import type { Input } from "../wire/input.js";
import type { Actions } from "./actions.js";
import { pageOf } from "./page.js";

/** AWS's own size of a page of rules. */
const defaultPageSize = 100;

/** What operators ask of buses and their rules. */
export function busActions(find: FindBus, pageSize = defaultPageSize): Actions {
  return {
    DescribeEventBus: (input, call) => {
      const { arn, policy } = busOf(find, input.optionalText("Name"), call);
      return { Arn: arn, Name: nameOf(arn), Policy: policy };
    },
    ListRules: (input, call) => {
      const bus = busOf(find, input.optionalText("EventBusName"), call);
      const prefix = input.optionalText("NamePrefix") ?? "";
      const rules = bus.rules.filter(({ name }) => name.startsWith(prefix));
      const { items, next } = pageOf(rules, input.optionalText("NextToken"), sizeOf(input, pageSize));
      return {
        Rules: items.map((rule) => ({
          Name: rule.name,
          Arn: `${bus.arn.replace(":event-bus/", ":rule/")}/${rule.name}`,
          EventBusName: nameOf(bus.arn),
          State: rule.state,
          EventPattern: rule.eventPattern,
          Description: rule.description,
          ManagedBy: rule.managedBy,
        })),
        NextToken: next,
      };
    },
    ListTargetsByRule: (input, call) => {
      const bus = busOf(find, input.optionalText("EventBusName"), call);
      const name = input.text("Rule");
      const rule = bus.rules.find((one) => one.name === name);
      if (rule === undefined) {
        throw notFound(`Rule ${name} does not exist on EventBus ${nameOf(bus.arn)}.`);
      }
      const { items, next } = pageOf(rule.targets, input.optionalText("NextToken"), sizeOf(input, pageSize));
      return {
        Targets: items.map(({ id, arn, roleArn }) => ({ Id: id, Arn: arn, RoleArn: roleArn })),
        NextToken: next,
      };
    },
  };
}

function sizeOf(input: Input, most: number): number {
  return Math.min(most, input.optionalNumber("Limit") ?? most);
}

/** A bus by its ARN, or by its name in the caller's account. */
function busOf(find: FindBus, name = "default", { region, caller }: Call): Bus {
  const own = `arn:${partitionOf(region)}:events:${region}:${caller.accountId}:event-bus/${name}`;
  const bus = find(name.startsWith("arn:") ? name : own);
  if (bus === undefined) throw notFound(`Event bus ${nameOf(name)} does not exist.`);
  return bus;
}

function notFound(message: string): AwsError {
  return new AwsError("ResourceNotFoundException", message);
}

const nameOf = (arn: string): string => arn.replace(/^.*:event-bus\//, "");
