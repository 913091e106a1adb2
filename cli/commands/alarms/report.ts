import colors from "picocolors";
import type { Environment } from "../../../infra/registry/index.js";
import type { PlannedAlarms } from "../../../infra/topology/index.js";
import type { Listener } from "../../../operations/alarm-test.js";
import { count, indent } from "../../../views/table.js";
import { printable } from "../../terminal/printable.js";

/** The alarms of one account. */
export interface AccountAlarms {
  readonly account: string;
  readonly accountId: string;
  readonly alarms: PlannedAlarms;
}

/** What became of one account's test. */
export interface TopicTest extends AccountAlarms {
  readonly listeners: readonly Listener[];
  /** Undefined where nothing was published. */
  readonly messageId?: string;
  readonly problem?: string;
}

export function renderAlarms(chosen: readonly AccountAlarms[]): string {
  return chosen
    .map(({ account, accountId, alarms }) =>
      [
        `${colors.bold(account)} (${accountId}), told on ${alarms.topicName}`,
        ...alarms.alarms.map(({ name, description, tells }) =>
          indent(`${name}${tells ? "" : " (on the dashboard alone)"}\n${indent(description)}`),
        ),
      ].join("\n"),
    )
    .join("\n\n");
}

export function alarmsToJson({ name }: Environment, chosen: readonly AccountAlarms[]): unknown {
  return {
    environment: name,
    accounts: chosen.map(({ account, accountId, alarms }) => ({
      account,
      accountId,
      topic: alarms.topicArn,
      alarms: alarms.alarms.map(({ name: alarm, tells, description }) => ({
        name: alarm,
        tells,
        text: description,
      })),
    })),
  };
}

/** Who would hear, before anything is sent. */
export function renderListeners(looked: readonly TopicTest[]): string {
  return looked
    .map(({ account, alarms, listeners }) =>
      [
        `${account}: ${alarms.topicName} tells ${listeners.length === 0 ? colors.red("nobody") : count(listeners.length, "listener")}`,
        ...listeners.map(({ protocol, endpoint, isConfirmed }) =>
          indent(
            `${isConfirmed ? colors.green("✓") : colors.red("✗")} ${printable(endpoint)} (${printable(protocol)})${isConfirmed ? "" : ": has not confirmed, and hears nothing until then"}`,
          ),
        ),
      ].join("\n"),
    )
    .join("\n");
}

export function renderTests(mark: string, agreed: boolean, tested: readonly TopicTest[]): string {
  if (!agreed) return "Nothing was sent.";
  return [
    ...tested.map(({ account, messageId, problem }) =>
      problem === undefined
        ? `${colors.green("✓")} ${account}: message ${messageId ?? ""} was taken`
        : `${colors.red("✗")} ${account}: ${printable(problem)}`,
    ),
    `Now ask those who are told whether it has come; it says ${mark}.`,
  ].join("\n");
}

export function testsToJson(
  { name }: Environment,
  mark: string,
  agreed: boolean,
  tested: readonly TopicTest[],
): unknown {
  return {
    environment: name,
    agreed,
    mark,
    accounts: tested.map(({ account, accountId, alarms, listeners, messageId, problem }) => ({
      account,
      accountId,
      topic: alarms.topicArn,
      listeners: listeners.map(({ protocol, endpoint, isConfirmed }) => ({
        protocol,
        endpoint,
        confirmed: isConfirmed,
      })),
      messageId,
      problem,
    })),
  };
}
