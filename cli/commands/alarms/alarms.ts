import { Option } from "commander";
import { randomUUID } from "node:crypto";
import type { Environment } from "../../../infra/registry/index.js";
import { planTopology } from "../../../infra/topology/index.js";
import { inParallel, OperationError } from "../../../operations/run.js";
import { CallError } from "../../errors.js";
import { inAccounts, sessionOf, type Sessions } from "../../project/access.js";
import { type Project, requireAccount } from "../../project/registry.js";
import { confirm, requireConsent } from "../../terminal/confirm.js";
import { untilInterrupted } from "../../terminal/interrupt.js";
import { writeText } from "../../terminal/write.js";
import { type Answer, defineCommand, type SharedOptions } from "../command.js";
import {
  type AccountAlarms,
  alarmsToJson,
  renderAlarms,
  renderListeners,
  renderTests,
  testsToJson,
  type TopicTest,
} from "./report.js";

interface AlarmsOptions extends SharedOptions {
  readonly test?: boolean;
}

export const alarmsCommand = defineCommand<AlarmsOptions>({
  name: "alarms",
  description: "list the alarms and what each says; --test sends a message to whoever hears them",
  argument: ["[account...]", "accounts whose alarms they are (default: all)"],
  options: [
    new Option("--test", "publish one marked message on the alarm topic of each account; asks first"),
  ],
  takes: ["yes", "profile"],
  json: "{ environment, accounts: [{ account, accountId, topic, alarms: [{ name, tells, text }] }] }; with --test { environment, agreed, mark, accounts: [{ account, accountId, topic, listeners: [{ protocol, endpoint, confirmed }], messageId?, problem? }] }",
  help: [
    "Only people can say whether the message has come. With --test, exits with 0 if every topic took it and has somebody who has",
    "confirmed, with 1 if not.",
  ],
  run: async ({ args, options, project, answer }) => {
    if (options.test === true) requireConsent(options, "--test");
    const opened = await project();
    const chosen = chosenAlarms(opened, args);
    const { environment } = opened;
    if (options.test !== true) {
      await answer({ json: () => alarmsToJson(environment, chosen), text: () => renderAlarms(chosen) });
      return true;
    }
    const accounts = chosen.map(({ account }) => account);
    return inAccounts(opened, accounts, (sessions) =>
      untilInterrupted((signal) => test({ chosen, sessions, environment, options, signal, answer })),
    );
  },
});

/** @throws CallError for an unknown account, or an environment without alarms */
function chosenAlarms(project: Project, names: readonly string[]): AccountAlarms[] {
  for (const name of names) requireAccount(project, name);
  const { source, environment } = project;
  if (environment.alarms === undefined) {
    throw new CallError(
      `environment "${environment.name}" has no alarms; add alarms: {} to it in config/environments.ts`,
    );
  }
  return [...planTopology(source.registry, environment).stacks.values()].flatMap(
    ({ account, accountId, alarms }) =>
      alarms === undefined || (names.length > 0 && !names.includes(account))
        ? []
        : [{ account, accountId, alarms }],
  );
}

interface Test {
  readonly chosen: readonly AccountAlarms[];
  readonly sessions: Sessions;
  readonly environment: Environment;
  readonly options: AlarmsOptions;
  readonly signal: AbortSignal;
  readonly answer: (answer: Answer) => Promise<void>;
}

/** @returns whether every topic took the message, and somebody hears each */
async function test({ chosen, sessions, environment, options, signal, answer }: Test): Promise<boolean> {
  const { listenersOf, publishTest } = await import("../../../operations/alarm-test.js");
  const looked = await inParallel(chosen, async (one): Promise<TopicTest> => ({
    ...one,
    listeners: await listenersOf(sessionOf(sessions, one.account), one.alarms.topicArn),
  }));
  if (options.json !== true) await writeText(renderListeners(looked));
  const mark = `event-backbone:alarm-test:${randomUUID()}`;
  const agreed = await confirm(options, `Send a test message to all of these?`, signal);
  const publish = async (one: TopicTest): Promise<TopicTest> => {
    const session = sessionOf(sessions, one.account);
    const text = [
      "This is a test: nothing is wrong.",
      `What tells of account ${one.account} (${one.accountId}) in environment ${environment.name} arrives here.`,
      `Sent by ${session.callerArn} with npx backbone alarms --test; mark ${mark}`,
    ].join("\n");
    const subject = `TEST of the alarms of ${one.account} (${environment.name})`.slice(0, longestSubject);
    try {
      return { ...one, messageId: await publishTest(session, one.alarms.topicArn, { subject, text }) };
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      return { ...one, problem: error.message };
    }
  };
  const tested = agreed ? await inParallel(looked, publish) : looked;
  await answer({
    json: () => testsToJson(environment, mark, agreed, tested),
    text: () => renderTests(mark, agreed, tested),
  });
  return !agreed || tested.every((one) => one.problem === undefined && isHeard(one));
}

/** Characters; SNS takes no more. */
const longestSubject = 99;

/** Whether anybody would hear. */
function isHeard({ listeners }: TopicTest): boolean {
  return listeners.some(({ isConfirmed }) => isConfirmed);
}
