import { randomUUID } from "node:crypto";
import type { Command } from "commander";
import type { Contract, Registry } from "../../infra/registry/index.js";
import { planTopology } from "../../infra/topology/index.js";
import { systemClock } from "../../operations/clock.js";
import { expectationsOf } from "../../rehearsal/expectations.js";
import { openAccounts, sessionOf, type AccessOptions } from "../access.js";
import { CallError, Failure } from "../errors.js";
import { untilInterrupted } from "../interrupt.js";
import { Progress } from "../progress.js";
import { loadRegistry, selectEnvironment } from "../project.js";
import { canaryToJson, renderCanary, type CanaryFacts } from "../report/canary.js";
import { readDuration } from "../time.js";
import { writeJson, writeText } from "../write.js";
import { profileOption } from "./access-options.js";
import { envOption, jsonOption, registryOption, type RegistryOptions } from "./options.js";

interface CanaryOptions extends RegistryOptions, AccessOptions {
  readonly timeout: string;
  readonly poll: string;
  readonly watch?: string | true;
}

const watchEvery = "5m";

export function addCanaryCommand(program: Command): void {
  program
    .command("canary")
    .description("publish the registry's canary and wait until the log of every receiver shows it")
    .option("--timeout <time>", "how long to wait for the logs", "2m")
    .option("--poll <time>", "how long between two looks at the logs", "5s")
    .option("--watch [every]", `keep going until Ctrl-C, one canary ${watchEvery} or as often as you say`)
    .addOption(profileOption())
    .addOption(envOption())
    .addOption(registryOption())
    .addOption(
      jsonOption(
        "{ ok, environment, contract, eventId, publishedAt, hops: [{ account, logGroup, seenAfterMilliseconds? }], missing?: { account, hop } }; with --watch one line each",
      ),
    )
    .action(async (options: CanaryOptions) => {
      const timeoutMilliseconds = readDuration("--timeout", options.timeout);
      const pollMilliseconds = readDuration("--poll", options.poll);
      const every =
        options.watch === undefined
          ? undefined
          : readDuration("--watch", options.watch === true ? watchEvery : options.watch);
      const source = await loadRegistry(options.registry);
      const { registry } = source;
      const environment = selectEnvironment(registry, options.env);
      const contract = requireCanary(registry);
      const receivers = expectationsOf(registry).receivers(contract, contract.example);
      if (receivers.length === 0) {
        throw new Failure(
          `the example of ${contract.key} passes no route's filter, so the canary would show nothing; name another contract as canary`,
        );
      }
      const { stacks } = planTopology(registry, environment);
      const watched = [registry.backbone, ...receivers].flatMap((name) => stacks.get(name) ?? []);
      const backbone = watched[0];
      if (backbone?.kind !== "backbone") throw new Error("no backbone in the topology");
      const accounts = [...new Set([contract.account, ...watched.map(({ account }) => account)])];
      const sessions = await openAccounts(source, environment, accounts, options);
      const facts: CanaryFacts = { environment, contract, backbone, receivers };
      if (!options.json) {
        await writeText(
          `Publishing ${contract.key} from ${contract.account}, marked in resources; expected in the logs of ${watched.map(({ account }) => account).join(", ")}.`,
        );
      }
      const { runCanary } = await import("../../operations/canary.js");
      const logs = watched.map(({ account, log }) => ({
        session: sessionOf(sessions, account),
        logGroup: log.logGroupName,
      }));

      const isWell = await untilInterrupted(async (signal) => {
        let well = true;
        for (;;) {
          const progress = new Progress("logs show the canary");
          const result = await runCanary({
            contract,
            globalBus: backbone.bus.arn,
            owner: sessionOf(sessions, contract.account),
            logs,
            name: randomUUID(),
            timeoutMilliseconds,
            pollMilliseconds,
            clock: systemClock,
            signal,
            progress: (done, total) => {
              progress.report(done, total);
            },
          });
          progress.end();
          well &&= result.ok || (every !== undefined && result.interrupted);
          if (!options.json) await writeText(renderCanary(facts, result));
          else if (every === undefined) await writeJson(canaryToJson(facts, result));
          else await writeText(JSON.stringify(canaryToJson(facts, result)));
          if (every === undefined) return well;
          await systemClock.sleep(every, signal);
          if (isRaised(signal)) return well;
        }
      });
      for (const session of sessions.values()) session.close();
      if (!isWell) throw new Failure("");
    });
}

function requireCanary(registry: Registry): Contract {
  const contract = registry.contracts.get(registry.canary ?? "");
  if (contract !== undefined) return contract;
  throw new CallError(
    'the registry declares no canary; add canary: "<service>/<detail-type>" to it, naming a contract that some route carries',
  );
}

/** A function, because the compiler takes a signal that was quiet once to be quiet for ever. */
function isRaised({ aborted }: AbortSignal): boolean {
  return aborted;
}
