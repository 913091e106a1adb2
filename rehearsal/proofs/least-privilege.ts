import { arnOf } from "../physical-identity.js";
import { outcomeOf, type ProofCheck } from "../proof.js";
import { requireRefusal } from "../refusal.js";
import {
  buildWorld,
  checkForgedForward,
  checkPublisher,
  compileIdentity,
  renderWorldProblem,
  type World,
} from "../simulator/index.js";
import { outsider, publisherOf, type Stage } from "../stage.js";

/** What the emitted roles and policies grant beyond their purpose: nothing, not even to a bus open to all. */
export function leastPrivilegeChecks(stage: Stage): ProofCheck[] {
  const { id } = outsider(stage, "stranger");
  const open = arnOf.bus({ region: stage.environment.region, accountId: id }, "open-to-all");
  const buses = (world: World) => [...new Set([open, ...world.buses.keys()])];
  let opened: World | undefined;
  const worldOf = (): World => (opened ??= worldWithOpenBus(stage, open));
  const claims = { sources: ["com.example"], detailTypes: ["Something"] };
  return [
    {
      id: "publisher-policies",
      title: "a publisher policy grants nothing but its own source on the global bus",
      run: () =>
        outcomeOf(stage.registry.services.values(), (service) => {
          const identity = compileIdentity(
            publisherOf(stage, { service: service.name, account: service.account }),
          );
          if (identity === undefined) return [];
          const elsewhere = { sources: [service.source], detailTypes: ["Something"] };
          return requireRefusal(
            {
              account: service.account,
              step: "put events elsewhere",
              attempt: `the publisher role of ${service.name} puts an event on ${open}, a bus open to all`,
              mend: `the managed policy publish-${service.name} must allow the global bus only`,
            },
            (evidence) => [checkPublisher(worldOf(), identity, open, elsewhere, evidence)],
          );
        }),
    },
    {
      id: "forward-roles",
      title: "an execution role can put events on its own local bus only",
      run: () =>
        outcomeOf(stage.loaded.data.roles, (role) => {
          const own = new Set(
            [...stage.world.rules.values()].flatMap(({ targets }) =>
              targets.filter(({ roleArn }) => roleArn === role.arn).map(({ arn }) => arn),
            ),
          );
          const elsewhere = buses(stage.world)
            .slice(0, 3)
            .concat(open)
            .filter((bus) => !own.has(bus));
          return elsewhere.flatMap((bus) =>
            requireRefusal(
              {
                step: "forward elsewhere",
                attempt: `a rule with the execution role ${role.arn} sends to ${bus}`,
                mend: `the policy of ${role.arn} must allow its member's bus only`,
              },
              (evidence) => {
                const check = checkForgedForward(
                  worldOf(),
                  {
                    ruleArn: arnOf.rule(
                      { region: stage.environment.region, accountId: role.arn.split(":")[4] ?? "" },
                      "any-bus",
                      "any-rule",
                    ),
                    executionRole: { arn: role.arn, policies: role.inlinePolicies },
                    busArn: bus,
                    claims,
                  },
                  evidence,
                );
                return check === undefined ? [] : [check];
              },
            ),
          );
        }),
    },
  ];
}

function worldWithOpenBus({ loaded }: Stage, open: string): World {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Open", Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: open }],
  });
  const reading = buildWorld({ ...loaded.data, buses: [...loaded.data.buses, { arn: open, policy }] });
  if (!reading.ok) throw new Error(reading.problems.map(renderWorldProblem).join("\n"));
  return reading.world;
}
