import * as fc from "fast-check";
import { readPolicyOnce } from "eventbridge-simulator";
import { describe, expect, it } from "vitest";
import { type Box, difference, intersections, type Values, witness } from "../../rehearsal/policies/boxes.js";
import { differencesOf } from "../../rehearsal/policies/decide.js";
import type { May } from "../../rehearsal/policies/may.js";
import { isAllowed, type PlainRequest } from "../fixtures/plain-policies.js";

/** Four classes of one kind, and three values of which a request may carry several. */
const classes = [0, 1, 2, 3];
const atoms = [0, 1, 2];
const bits = (most: number) => fc.bigInt({ min: 0n, max: (1n << BigInt(most)) - 1n });
const values: fc.Arbitrary<Values> = fc.record({
  all: bits(atoms.length),
  some: fc.array(bits(atoms.length), { maxLength: 2 }),
  absent: fc.boolean(),
});
const box: fc.Arbitrary<Box> = fc.record({
  one: fc.tuple(bits(classes.length), bits(classes.length)),
  many: fc.tuple(values, values),
});
const boxes = fc.array(box, { maxLength: 4 });

interface Point {
  readonly one: readonly number[];
  readonly many: readonly (readonly number[])[];
}
const sets = atoms.reduce<number[][]>((all, atom) => [...all, ...all.map((set) => [...set, atom])], [[]]);
const points: Point[] = classes.flatMap((first) =>
  classes.flatMap((second) =>
    sets.flatMap((left) => sets.map((right) => ({ one: [first, second], many: [left, right] }))),
  ),
);
const has = (set: bigint, member: number): boolean => ((set >> BigInt(member)) & 1n) === 1n;

function isIn({ one, many }: Point, { one: sides, many: several }: Box): boolean {
  return (
    one.every((number, index) => has(sides[index] ?? 0n, number)) &&
    many.every((carried, index) => {
      const { all, some, absent } = several[index] ?? { all: 0n, some: [], absent: false };
      if (carried.length === 0) return absent;
      return (
        carried.every((atom) => has(all, atom)) &&
        some.every((wanted) => carried.some((atom) => has(wanted, atom)))
      );
    })
  );
}

const isInOne = (point: Point, all: readonly Box[]): boolean => all.some((one) => isIn(point, one));

describe("sets of requests", () => {
  it("have differences and intersections as sets have, and a member where they are not empty", () => {
    fc.assert(
      fc.property(boxes, boxes, (left, right) => {
        const [without, both] = [difference(left, right), intersections(left, right)];
        for (const point of points) {
          expect(isInOne(point, without)).toBe(isInOne(point, left) && !isInOne(point, right));
          expect(isInOne(point, both)).toBe(isInOne(point, left) && isInOne(point, right));
        }
        for (const one of without) expect(isIn(witness(one), one)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

const accounts = ["111111111111", "222222222222", "777777777777"];
const own = "111111111111";
const bus = `arn:aws:events:eu-west-1:${own}:event-bus/backbone-global`;
const sources = ["com.a", "com.b", "com.other"];
const types = ["Created", "Updated", "Other"];
const organizations = ["o-inside", "o-outside"];

const some = <Item>(items: readonly Item[]) => fc.subarray([...items], { minLength: 1 });
const principal = fc.oneof(
  fc.constant("*"),
  fc.constant({ AWS: "*" }),
  some(accounts.map((id) => `arn:aws:iam::${id}:root`)).map((AWS) => ({ AWS })),
  some(accounts).map((AWS) => ({ AWS })),
);
const condition = fc.oneof(
  fc.record({
    operator: fc.constantFrom(
      "ForAllValues:StringEquals",
      "ForAnyValue:StringEquals",
      "ForAllValues:StringNotEquals",
      "ForAnyValue:StringNotEquals",
      "ForAllValues:StringLike",
    ),
    key: fc.constantFrom("events:source", "Events:Source"),
    values: some([...sources.slice(0, 2), "com.*"]),
  }),
  fc.record({
    operator: fc.constantFrom("ForAllValues:StringEquals", "ForAnyValue:StringNotEquals"),
    key: fc.constant("events:detail-type"),
    values: some(types.slice(0, 2)),
  }),
  fc.record({
    operator: fc.constantFrom(
      "StringEquals",
      "StringNotEquals",
      "StringNotEqualsIfExists",
      "StringEqualsIfExists",
    ),
    key: fc.constant("aws:PrincipalOrgID"),
    values: some(organizations.slice(0, 1)),
  }),
  fc.record({
    operator: fc.constantFrom("StringEquals", "StringNotEquals"),
    key: fc.constant("events:eventBusInvocation"),
    values: some(["true", "false"]),
  }),
  fc.record({
    operator: fc.constant("Null"),
    key: fc.constantFrom("events:source", "events:detail-type"),
    values: some(["true", "false"]).map(([first = "true"]) => [first]),
  }),
  fc.record({
    operator: fc.constantFrom("ArnLike", "ArnNotEquals", "StringNotLike"),
    key: fc.constant("aws:PrincipalArn"),
    values: some(["arn:aws:iam::*:role/deploy", `arn:aws:iam::${own}:role/deploy*`]),
  }),
);
const statement = fc.record({
  Effect: fc.constantFrom("Allow", "Allow", "Deny"),
  Principal: principal,
  Action: fc.constantFrom("events:PutEvents", "events:putevents", [
    "events:PutEvents",
    "events:DescribeEventBus",
  ]),
  Resource: fc.constant(bus),
  Condition: fc.array(condition, { maxLength: 3 }).map((conditions) =>
    conditions.reduce<Record<string, Record<string, readonly string[]>>>(
      (all, { operator, key, values: written }) => ({
        ...all,
        [operator]: { ...all[operator], [key]: written },
      }),
      {},
    ),
  ),
});
const policy = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .map((Statement) => ({ Version: "2012-10-17", Statement }));
const request: fc.Arbitrary<PlainRequest> = fc.record({
  account: fc.constantFrom(...accounts, "444444444444"),
  role: fc.constantFrom("deploy", "somebody"),
  organization: fc.constantFrom(...organizations),
  action: fc.constantFrom("events:PutEvents", "events:DescribeEventBus"),
  resource: fc.constant(bus),
  sources: fc.subarray(sources),
  types: fc.subarray(types),
  forwarded: fc.constantFrom("true", "false"),
});

function judge(written: object, must: readonly May[], may: readonly May[] = []) {
  const reading = readPolicyOnce(JSON.stringify(written), { kind: "bus", arn: bus });
  return differencesOf({
    policies: [{ name: "the policy", reading }],
    allows: { must, may },
    account: own,
    region: "eu-west-1",
    callers: true,
    resources: [bus],
    organizationOf: () => "o-inside",
  }).found;
}

/** Exactly this request, as the registry would speak of it. */
function asked({
  account,
  role,
  organization,
  action,
  sources: had,
  types: hadTypes,
  forwarded,
}: PlainRequest): May {
  const anybody = { account, organization };
  return {
    who: [role === "deploy" ? { role: `arn:aws:iam::${account}:role/deploy` } : anybody],
    actions: [action],
    sources: had.length === 0 ? "none" : { every: had },
    types: hadTypes.length === 0 ? "none" : { every: hadTypes },
    values: { "events:eventbusinvocation": [forwarded] },
  };
}

describe("policies, decided by classes of requests", () => {
  it("let through nothing that one request could show, where the comparison finds nothing", () => {
    fc.assert(
      fc.property(policy, fc.array(request, { minLength: 5, maxLength: 20 }), (written, requests) => {
        const allowed = requests.filter((one) => isAllowed(written, one));
        if (allowed.length > 0) expect(judge(written, [])).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it("keep out what the comparison says is missing, and let through what it does not miss", () => {
    fc.assert(
      fc.property(policy, request, (written, one) => {
        const isMissing = judge(written, [asked(one)]).some(({ sentence }) =>
          sentence.startsWith("does not let"),
        );
        // What is asked for holds every smaller set of the same values, too, and roles of both names.
        if (!isMissing) expect(isAllowed(written, one)).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});
