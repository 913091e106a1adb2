import { explainMismatch, isJsonObject, type JsonObject, membersOf } from "event-patterns";
import { encryptOn } from "../ask/keys.js";
import type { Evidence } from "../iam/verdict.js";
import type { Arrival, Recorder, RuleStep, Via } from "../steps.js";
import type { Bus, Rule, TargetData, World } from "../world.js";
import { deliverDeadLetter } from "./dead-letter.js";
import { followMapping } from "./mapping.js";
import type { TravellingEvent } from "./put-events.js";
import { deliverTo, targetKindOf } from "./targets/index.js";

/**
 * How much of a delivery is told. `proof`: what happened, with the verdicts that decided it. `trace`: also every
 * rule that did not match, and the near misses of every denial; slower, for people.
 */
export type Telling = "proof" | "trace";

/** Lets the rules of a bus work on an event that is on it. */
export class Router {
  private readonly world: World;
  private readonly recorder: Recorder;
  private readonly telling: Telling;
  private readonly evidence: Evidence;

  constructor(world: World, recorder: Recorder, telling: Telling) {
    this.world = world;
    this.recorder = recorder;
    this.telling = telling;
    this.evidence = telling === "trace" ? "full" : "brief";
  }

  /** The event arrives on a bus, by a rule of another one or put there directly, and its rules take it on. */
  arrive(bus: Bus, event: TravellingEvent, via?: Via): void {
    const encryption = encryptOn(this.world, bus, event.id, this.evidence);
    if (encryption !== undefined) this.recorder.add(encryption);
    if (encryption?.to !== undefined && encryption.outcome === "dead-letter") {
      this.recorder.arrive("dead-letter", encryption.to, event.id, via);
    }
    if (encryption !== undefined && encryption.outcome !== "encrypted") return;
    this.recorder.arrive("bus", bus.arn, event.id, via);
    const matching = bus.index.match(event.envelope);
    if (this.telling === "trace") this.tellOthers(bus, event, new Set(matching));
    const onlyReads = isReadOnlyManagementEvent(event.envelope);
    for (const rule of matching) {
      if (onlyReads && !rule.takesReading) {
        this.recorder.add(ruleStep(rule, event, "kept-back"));
        continue;
      }
      this.recorder.add(ruleStep(rule, event, "matched"));
      for (const target of rule.targets) this.handOver(rule, target, event);
    }
  }

  private handOver(rule: Rule, target: TargetData, event: TravellingEvent): void {
    const attempt = deliverTo({ world: this.world, rule, target, event, evidence: this.evidence });
    const targetKind = targetKindOf(target.arn);
    this.recorder.add({
      kind: "target",
      account: rule.account,
      bus: rule.busArn,
      rule: rule.arn,
      target: target.id,
      to: target.arn,
      targetKind,
      eventId: event.id,
      ...attempt,
    });
    const via = { rule: rule.arn, target: target.id };
    if (attempt.outcome === "failed") this.bury(rule, target, event);
    if (attempt.outcome !== "delivered" || targetKind === "other") return;
    if (targetKind !== "bus") {
      this.arriveAt(targetKind, target.arn, event, via);
      return;
    }
    const bus = this.world.buses.get(target.arn);
    if (bus !== undefined) this.arrive(bus, { ...event, cameFromBus: true }, via);
  }

  private bury(rule: Rule, target: TargetData, event: TravellingEvent): void {
    const letter = deliverDeadLetter(this.world, rule, target, event.id, this.evidence);
    this.recorder.add(letter);
    if (letter.outcome !== "delivered" || letter.to === undefined) return;
    this.arriveAt("dead-letter", letter.to, event, { rule: rule.arn, target: target.id });
  }

  /** Where no rules wait; from a queue Lambda may take it on to a function. */
  private arriveAt(kind: Arrival["kind"], arn: string, event: TravellingEvent, via: Via): void {
    this.recorder.arrive(kind, arn, event.id, via);
    const queue = this.world.queues.get(arn);
    if (queue === undefined) return;
    for (const fed of this.world.fedBy.get(arn) ?? []) {
      const mapping = followMapping(this.world, queue, fed, event.id, this.evidence);
      this.recorder.add(mapping);
      if (mapping.outcome === "delivered") this.recorder.arrive("function", fed, event.id, via);
    }
  }

  private tellOthers(bus: Bus, event: TravellingEvent, matching: ReadonlySet<Rule>): void {
    for (const rule of bus.rules) {
      if (matching.has(rule)) continue;
      if (!rule.enabled) this.recorder.add(ruleStep(rule, event, "disabled"));
      else {
        const mismatch = explainMismatch(rule.pattern, event.envelope);
        this.recorder.add({ ...ruleStep(rule, event, "not-matched"), mismatch });
      }
    }
  }
}

/**
 * What EventBridge gives to rules that ask for it by their state, and to no other. The type of the event alone does not
 * tell it.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail-management.html
 */
function isReadOnlyManagementEvent({ "detail-type": detailType, detail }: JsonObject): boolean {
  if (
    typeof detailType !== "string" ||
    !detailType.endsWith(" via CloudTrail") ||
    detail === undefined ||
    !isJsonObject(detail)
  ) {
    return false;
  }
  const { readOnly, managementEvent } = Object.fromEntries(membersOf(detail));
  return readOnly === true && managementEvent === true;
}

function ruleStep(rule: Rule, event: TravellingEvent, outcome: RuleStep["outcome"]): RuleStep {
  return {
    kind: "rule",
    account: rule.account,
    bus: rule.busArn,
    rule: rule.arn,
    eventId: event.id,
    outcome,
  };
}
