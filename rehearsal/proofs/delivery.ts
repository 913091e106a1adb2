import type { Arrival, Delivery } from "eventbridge-simulator";
import type { Contract, Example, JsonObject, Route } from "../../infra/registry/index.js";
import { outcomeOf, type ProofCheck, type ProofFailure } from "../claim.js";
import {
  diagnoseExtra,
  diagnoseMissing,
  diagnosePublishing,
  diagnoseUndecided,
  diagnoseWaiting,
} from "../diagnosis.js";
import { detailFor, type Expectations } from "../expectations.js";
import { asPublished, publish, publisherPolicy, type Stage } from "../stage.js";
import { isRuleOf, type Subscribed, subscribedAs } from "../subscribed.js";
import { isForwardTo, publishedOn } from "../forwards.js";
import { isLogRule, parameterArn, publisherPolicyArn } from "../wanted.js";

/** Each example of every contract, published by everybody who may, reaches exactly the accounts of its routes, once. */
export function deliveryChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  return [...stage.registry.contracts.values()].map((contract) => ({
    id: `delivery:${contract.key}`,
    title: `${contract.key} reaches ${receiversOf(expected, contract)}, and their logs, once`,
    run: () =>
      outcomeOf(publications(contract), ({ published, example }) =>
        exampleFailures(stage, expected, published, example),
      ),
  }));
}

function publications(contract: Contract): { published: Contract; example: Example }[] {
  return asPublished(contract).flatMap((published) =>
    contract.examples.map((example) => ({ published, example })),
  );
}

/** Filters may bring the examples of a contract to different accounts, and to different subscribers there. */
function receiversOf({ receivers, subscribers }: Expectations, contract: Contract): string {
  const reached = contract.examples.map(({ name = "", detail }) => {
    const taken = subscribers(contract, detail);
    const to = receivers(contract, detail).map((account) => {
      const names = taken.filter((one) => one.account === account).map((one) => one.name);
      return names.length === 0 ? account : `${account} (${names.join(", ")})`;
    });
    return { name, to: list(to) };
  });
  const [same = "", ...others] = new Set(reached.map(({ to }) => to));
  return others.length === 0 ? same : reached.map(({ name, to }) => `${to} (${name})`).join("; ");
}

/** Each content filter, of a route or of a subscription, lets an event pass that satisfies it and keeps one back that does not. */
export function filterChecks(stage: Stage, expected: Expectations): ProofCheck[] {
  return [...stage.registry.contracts.values()].flatMap((contract) =>
    filteredTo(stage, expected, contract).map(({ route, to, at }): ProofCheck => ({
      id: `filter:${contract.key}:${to}`,
      title: `the filter on ${contract.key} for ${to} passes and keeps back what it says`,
      run: () =>
        outcomeOf([...filterCases(stage, contract, route)], ({ detail, of, kind }) => {
          if (detail !== undefined) return deliveryFailures(stage, expected, of, detail);
          return [
            {
              contract: contract.key,
              account: route.to,
              step: "content filter",
              problem: `no ${kind} event could be found for the filter ${JSON.stringify(route.filter?.detail)}`,
              mend: `mend the filter of ${at}: it decides nothing`,
              evidence: [],
            },
          ];
        }),
    })),
  );
}

interface FilteredTo {
  readonly route: Route;
  /** An account, or a subscription's key. */
  readonly to: string;
  /** Where the filter is written. */
  readonly at: string;
}

function filteredTo({ registry }: Stage, expected: Expectations, contract: Contract): FilteredTo[] {
  return [
    ...expected.filteredRoutes(contract).map((route) => ({
      route,
      to: route.to,
      at: `the route from ${route.events} to ${route.to} in config/routes.ts`,
    })),
    ...registry.subscriptions.flatMap(({ key, routes }) =>
      routes
        .filter(({ filter, contracts }) => filter !== undefined && contracts.includes(contract.key))
        .map((route) => ({ route, to: key, at: `subscription ${key} in config/subscriptions.ts` })),
    ),
  ];
}

interface FilterCase {
  readonly of: Contract;
  readonly kind: "passing" | "failing";
  readonly detail: JsonObject | undefined;
}

/** An event that passes, one that fails, and the passing detail under the other detail-types of the service. */
function* filterCases({ registry }: Stage, contract: Contract, route: Route): Generator<FilterCase> {
  const passing = detailFor(contract, route, "passing");
  yield { of: contract, kind: "passing", detail: passing };
  yield { of: contract, kind: "failing", detail: detailFor(contract, route, "failing") };
  if (passing === undefined) return;
  for (const sibling of registry.contracts.values()) {
    if (sibling.service === contract.service && sibling !== contract) {
      yield { of: sibling, kind: "passing", detail: passing };
    }
  }
}

/** Publishes an example of a contract; a failure says which, where it has a name. */
function exampleFailures(
  stage: Stage,
  expected: Expectations,
  contract: Contract,
  { name, detail }: Example,
): ProofFailure[] {
  const failures = deliveryFailures(stage, expected, contract, detail);
  return name === undefined ? failures : failures.map((failure) => ({ ...failure, example: name }));
}

/** Publishes one event and compares who got it with who should have. */
function deliveryFailures(
  stage: Stage,
  expected: Expectations,
  contract: Contract,
  detail: JsonObject,
): ProofFailure[] {
  const { origin } = contract;
  const publishing = origin === undefined ? publishingFailure(stage, contract) : undefined;
  if (publishing !== undefined) return [publishing];
  const delivery = publish(stage, { contract, detail });
  if (origin === undefined && !delivery.accepted) return [diagnosePublishing(stage, contract, detail)];

  const receivers = expected.receivers(contract, detail);
  const passed = origin === undefined ? [stage.registry.backbone, ...receivers] : receivers;
  const takers = expected.subscribers(contract, detail).map((one) => subscribedAs(stage, one));
  const missing = passed.flatMap((account) => {
    const onTheWay = missingFailures(stage, contract, detail, delivery, account);
    if (onTheWay.some(({ step }) => step === "forward")) return onTheWay;
    const here = takers.filter((one) => one.account === account);
    return [...onTheWay, ...here.flatMap((one) => untaken(stage, contract, detail, delivery, one))];
  });
  const extra = extraFailures(stage, contract, detail, delivery, { passed: new Set(passed), takers });
  // What could not be delivered ends as a dead letter: that is the same failure, told once.
  return [...missing, ...(missing.length > 0 ? extra.filter(({ step }) => step !== "dead letter") : extra)];
}

/** What a subscriber's target must have: one copy, and if it is a queue that feeds a function, that one too. */
function untaken(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  { arrivals }: Delivery,
  one: Subscribed,
): ProofFailure[] {
  const { account, key, targetArn, handling, firstRule } = one;
  const by = arrivals.filter(({ kind, via }) => kind !== "dead-letter" && via && isRuleOf(one, via.rule));
  const [given, handled] = [targetArn, handling?.functionArn].map((arn) =>
    by.filter((arrival) => arrival.arn === arn),
  );
  if (given?.length === 0) {
    const isMeant = (rule: string) => isRuleOf(one, rule);
    const receiver = { account, arn: targetArn, purpose: "subscription", isMeant, firstRule } as const;
    return [diagnoseMissing(stage, contract, detail, receiver)];
  }
  if (handling !== undefined && handled?.length === 0) {
    const waiting = { account, queue: targetArn, lambda: handling.functionArn };
    return [diagnoseWaiting(stage, contract, detail, waiting)];
  }
  const [several] = [given, handled].filter((copies) => copies !== undefined && copies.length > 1);
  if (several === undefined) return [];
  const rules = several.map(({ via }) => via?.rule ?? "directly");
  return [
    {
      contract: contract.key,
      account,
      step: "subscription",
      problem: `${several[0]?.arn ?? ""} receives it ${several.length} times for ${key}`,
      mend: `let only one of these bring it: ${rules.join(", ")}`,
      evidence: [],
      passes: [...rules, targetArn],
    },
  ];
}

function publishingFailure(stage: Stage, { key, service, account }: Contract): ProofFailure | undefined {
  const common = { contract: key, account, step: "find the way to publish", evidence: [] };
  if (stage.globalBusFor(account) === undefined) {
    return {
      ...common,
      passes: [parameterArn(stage, account, "global-bus-arn")],
      problem: `no SSM parameter of ${account} is called global-bus-arn, so its services cannot find the global bus`,
      mend: `emit the parameter in ${account}'s stack`,
    };
  }
  if (publisherPolicy(stage, { service, account }) !== undefined) return undefined;
  return {
    ...common,
    passes: [
      publisherPolicyArn(stage, account, service),
      parameterArn(stage, account, `publisher-policies/${service}`),
    ],
    problem: `no SSM parameter of ${account} ending in /publisher-policies/${service} names an emitted managed policy`,
    mend: `emit the managed policy publish-${service} and its parameter in ${account}'s stack`,
  };
}

function countArrivals(delivery: Delivery, kind: Arrival["kind"], arn: string): number {
  return delivery.arrivals.filter((arrival) => arrival.kind === kind && arrival.arn === arn).length;
}

/** What an account on the event's way must have: one copy on its bus, one line in its log. */
function missingFailures(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  delivery: Delivery,
  account: string,
): ProofFailure[] {
  const { bus, logGroup } = stage.account(account);
  const wanted = [
    { kind: "bus", arn: bus, step: "forward" } as const,
    { kind: "log-group", arn: logGroup, step: "event log" } as const,
  ];
  const failures = wanted.map(({ kind, arn, step }): ProofFailure[] => {
    if (arn === undefined) {
      return [
        {
          contract: contract.key,
          account,
          step,
          problem: `${account} emits no ${kind === "bus" ? "bus" : "log group for its bus"}`,
          mend: `look at what the stack of ${account} emits: backbone plan ${account}`,
          evidence: [],
        },
      ];
    }
    const copies = countArrivals(delivery, kind, arn);
    if (copies === 1) return [];
    if (copies === 0) {
      const isMeant = (rule: string) =>
        step === "forward" ? isForwardTo(stage, rule, account) : isLogRule(stage, rule, account);
      return [diagnoseMissing(stage, contract, detail, { account, arn, purpose: step, isMeant })];
    }
    const rules = delivery.arrivals
      .filter((arrival) => arrival.arn === arn)
      .map(({ via }) => via?.rule ?? "directly");
    return [
      {
        contract: contract.key,
        account,
        step,
        problem: `${arn} receives it ${copies} times`,
        mend: `let only one of these rules match it: ${rules.join(", ")}`,
        evidence: [],
        passes: [...rules, arn],
      },
    ];
  });
  // A log cannot show what never reached its bus; the first failure says it all.
  return failures.find((found) => found.length > 0) ?? [];
}

/** Nobody else may get a copy, and no copy may go astray. */
function extraFailures(
  stage: Stage,
  contract: Contract,
  detail: JsonObject,
  delivery: Delivery,
  { passed, takers }: { readonly passed: ReadonlySet<string>; readonly takers: readonly Subscribed[] },
): ProofFailure[] {
  const foreign = delivery.arrivals.filter(({ kind, arn, via }) => {
    if (kind === "dead-letter") return true;
    const isTaken = ({ targetArn, handling }: Subscribed) =>
      arn === targetArn || arn === handling?.functionArn;
    if (via && takers.some((one) => isTaken(one) && isRuleOf(one, via.rule))) return false;
    if (kind === "bus" && via === undefined && arn === publishedOn(stage, contract)) return false;
    const owner = stage.ownerOf(arn);
    if (owner === undefined || !passed.has(owner)) return true;
    const { bus, logGroup } = stage.account(owner);
    return arn !== bus && arn !== logGroup;
  });
  return [
    ...foreign.map((arrival) => diagnoseExtra(stage, contract, detail, arrival)),
    ...delivery.undecided.map((miss) => diagnoseUndecided(stage, contract, detail, miss)),
  ];
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "nobody" : names.join(", ");
}
