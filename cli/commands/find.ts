import type { Command } from "commander";
import { planTopology } from "../../infra/topology/index.js";
import type { Wanted } from "../../operations/find.js";
import { openStage } from "../../rehearsal/stage.js";
import { openAccounts, sessionOf, type AccessOptions } from "../access.js";
import { CallError, Failure } from "../errors.js";
import { emittedPlan } from "../evaluate.js";
import { judgeFound } from "../found-event.js";
import { untilInterrupted } from "../interrupt.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { foundToJson, renderFound } from "../report/find.js";
import { readTime } from "../time.js";
import { writeJson, writeText } from "../write.js";
import { profileOption, readCount } from "./access-options.js";
import { envOption, jsonOption, planOption, registryOption, type PlanOptions } from "./options.js";

interface FindOptions extends PlanOptions, AccessOptions {
  readonly detail?: string;
  readonly since: string;
  readonly limit: number;
}

const fewEvents = 20;

export function addFindCommand(program: Command): void {
  program
    .command("find")
    .description("look for an event in the logs of every account, and say which hop it did not reach")
    .argument("[event-id]", "id of the event")
    .option("--detail <key=value>", "find events by a field of their detail instead; total.amount=39.5")
    .option("--since <time>", "how long ago (1h), or since when (ISO 8601)", "1h")
    .option("--limit <number>", "events to show, at most", readCount, fewEvents)
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(planOption())
    .addOption(
      jsonOption(
        "{ environment, since, searched: [account], more, found: [{ id, source, detailType, time, contract?, seen: [{ account, at }], missing: [{ account, via, from, to, sender }], unexpected: [account], note? }] }",
      ),
    )
    .action(async (eventId: string | undefined, options: FindOptions) => {
      const wanted = readWanted(eventId, options.detail);
      const since = readTime("--since", options.since, new Date());
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const { stacks } = planTopology(registry, environment);
      const accounts = [...stacks.keys()];
      const sessions = await openAccounts(source, environment, accounts, options);
      const { findEvents } = await import("../../operations/find.js");
      const progress = new Progress("event logs searched");
      const logs = [...stacks.values()].map(({ account, log }) => ({
        session: sessionOf(sessions, account),
        logGroup: log.logGroupName,
      }));
      const { found, isWhole } = await untilInterrupted(async (signal) => ({
        found: await findEvents(logs, {
          wanted,
          since,
          backbone: registry.backbone,
          limit: 10 * options.limit,
          signal,
          progress: (done, total) => {
            progress.report(done, total);
          },
        }),
        isWhole: !signal.aborted,
      }));
      progress.end();
      for (const session of sessions.values()) session.close();
      if (!isWhole) throw new Failure("interrupted: the logs were not looked through to their end");

      const shown = found.slice(0, options.limit);
      // Evaluating the program takes seconds, and without an event there is nothing to compare it with.
      const opened =
        shown.length === 0
          ? undefined
          : openStage(registry, environment, await emittedPlan(source, environment, options.plan));
      if (opened?.ok === false) {
        throw new Failure(["The emitted resources cannot be rehearsed:", ...opened.problems].join("\n  "));
      }
      const judged = opened === undefined ? [] : shown.map((event) => judgeFound(opened.stage, event));
      const result = { environment, since, accounts, judged, more: found.length - shown.length };
      if (options.json) await writeJson(foundToJson(result));
      else await writeText(renderFound(result));
      const isWell = judged.length > 0 && judged.every(({ missing }) => missing.length === 0);
      if (!isWell) throw new Failure("");
    });
}

function readWanted(id: string | undefined, detail: string | undefined): Wanted {
  if ((id === undefined) === (detail === undefined)) {
    throw new CallError("name either an event id or --detail key=value");
  }
  if (id !== undefined) return { kind: "id", id };
  const { key, value } = /^(?<key>[\w-]+(?:\.[\w-]+)*)=(?<value>.*)$/s.exec(detail ?? "")?.groups ?? {};
  if (key === undefined || value === undefined) {
    throw new CallError(
      `--detail: "${detail ?? ""}" is no key=value; write a field of the event's detail, such as orderId=ord-1001 or total.currency=EUR`,
    );
  }
  return { kind: "detail", path: key.split("."), value };
}
