import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { JsonObject } from "../../infra/aws/event-pattern.js";
import { parseRegistry, type Problem } from "../../infra/registry/index.js";
import { editedAll, removed } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const details = {
  "Parcel.Sent": z.object({ country: z.string(), state: z.enum(["sent", "late"]) }),
  "Parcel.Lost": z.object({
    country: z.string(),
    state: z.enum(["lost", "late"]),
    note: z.string().optional(),
  }),
};

/** The shop with these contracts of a service, and nothing but these routes. */
function parcels(routes: readonly unknown[], by: Readonly<Record<string, z.ZodType>> = details): unknown {
  const contracts = Object.fromEntries(
    Object.entries(by).map(([type, detail]) => [
      type,
      { description: "Happened.", version: 1, detail, example: exampleOf(type) },
    ]),
  );
  return editedAll(shopRegistry, [
    [["services", "parcels"], { account: "orders", source: "com.example.parcels", contracts }],
    [["routes"], routes],
    [["stories"], removed],
  ]);
}

function exampleOf(type: string): JsonObject {
  return { country: "DE", state: type === "Parcel.Sent" ? "sent" : "lost", note: "-" };
}

function routesOf(definition: unknown) {
  return parseRegistry(definition).routes.map(({ events, contracts, filter }) => ({
    events,
    contracts,
    filter: filter?.detail,
  }));
}

const german: JsonObject = { country: ["DE"] };
const sent = "parcels/Parcel.Sent";
const lost = "parcels/Parcel.Lost";

describe("a filter on a wildcard", () => {
  it.each(["parcels/*", "parcels/Parcel.*"])("stands on every contract that %s takes", (events) => {
    expect(routesOf(parcels([{ events, to: "archive", filter: german }]))).toEqual([
      { events, contracts: [lost, sent], filter: german },
    ]);
  });

  it("stands on everything but the account's own, which needs none of its fields", () => {
    const filter = { status: [{ prefix: "o" }] };
    expect(
      routesOf(
        editedAll(shopRegistry, [
          [["routes"], [{ events: "*", to: "orders", filter }]],
          [["stories"], removed],
        ]),
      ),
    ).toEqual([{ events: "*", contracts: ["delivery/Delivery.Updated"], filter }]);
  });

  it("says what an event of any of the contracts passes, beside another filter of one of them", () => {
    const late = { state: ["late"] };
    const either = { $or: [german, late] };
    const [wildcard, single] = [
      { events: "parcels/*", to: "archive", filter: german },
      { events: sent, to: "archive", filter: late },
    ];
    const wanted = [
      { events: "parcels/*", contracts: [lost], filter: german },
      { events: sent, contracts: [sent], filter: either },
    ].sort((left, right) => (left.events < right.events ? -1 : 1));
    expect(routesOf(parcels([wildcard, single]))).toEqual(wanted);
    expect(routesOf(parcels([single, wildcard]))).toEqual(wanted);
  });

  it("is joined with another on the same wildcard, and by contract with one on another wildcard", () => {
    const late = { state: ["late"] };
    const either = { $or: [german, late] };
    const route = (events: string, filter: JsonObject) => ({ events, to: "archive", filter });
    expect(routesOf(parcels([route("parcels/*", german), route("parcels/*", late)]))).toEqual([
      { events: "parcels/*", contracts: [lost, sent], filter: either },
    ]);
    expect(routesOf(parcels([route("parcels/*", german), route("parcels/Parcel.*", late)]))).toEqual([
      { events: lost, contracts: [lost], filter: either },
      { events: sent, contracts: [sent], filter: either },
    ]);
  });

  it("may have values that only some of the contracts can have", () => {
    const filter = { state: ["sent", "lost"] };
    const registry = parseRegistry(parcels([{ events: "parcels/*", to: "archive", filter }]));
    expect(registry.warnings).toEqual([]);
  });

  it("may keep back nothing of some of the contracts", () => {
    const filter = { country: [{ exists: true }] };
    const optional = z.object({ country: z.string().optional() });
    const by = { "Parcel.Sent": details["Parcel.Sent"], "Parcel.Lost": optional };
    const route = { events: "parcels/*", to: "archive", filter };
    expect(parseRegistry(parcels([route], by)).warnings).toEqual([]);
    expect(parseRegistry(parcels([route])).warnings).toEqual([
      {
        path: "routes[0].filter",
        message:
          "every event of the route passes this filter (country: [{ exists: true }]), so it keeps nothing back; leave filter out, or mend it",
      },
    ]);
  });

  it("is told which part of it keeps nothing back, where the whole keeps back something of one contract", () => {
    const filter = { country: [{ exists: true }], state: ["sent", "late"] };
    const [warning, ...others] = parseRegistry(
      parcels([{ events: "parcels/*", to: "archive", filter }]),
    ).warnings;
    expect(others).toEqual([]);
    expect(warning?.path).toBe("routes[0].filter.country");
    expect(warning?.message).toContain("every event of the route passes country: [{ exists: true }]");
  });
});

/** What is said of a filter on everything of parcels. */
function problemsWith(filter: JsonObject, by?: Readonly<Record<string, z.ZodType>>): readonly Problem[] {
  return problemsOf(parcels([{ events: "parcels/*", to: "archive", filter }], by));
}

describe("a contract that a filter on a wildcard cannot stand on", () => {
  it("is named where it lacks the field, and the nearest, with the others left in peace", () => {
    expect(problemsWith({ note: [{ exists: true }] })).toEqual([
      {
        path: "routes[0].filter",
        message: `the detail of ${sent} has no field "note", so the filter would decide nothing; mend the filter or the schema or use one of: country, state; or leave ${sent} out: the events of a route may be a list of single contracts`,
      },
    ]);
  });

  it("is named where no event of it passes", () => {
    const [problem, ...others] = problemsWith({ state: ["sent"] });
    expect(others).toEqual([]);
    expect(problem?.path).toBe("routes[0].filter.state[0]");
    expect(problem?.message).toContain(`state of ${lost} can be lost or late; "sent" is none of them`);
    expect(problem?.message).toContain(`leave ${lost} out`);
  });

  it("is named where no event of it passes two fields at once", () => {
    const by = {
      ...details,
      "Parcel.Lost": z.discriminatedUnion("state", [
        z.object({ state: z.literal("lost"), country: z.literal("DE") }),
        z.object({ state: z.literal("late"), country: z.literal("AT") }),
      ]),
    };
    const [problem, ...others] = problemsWith({ state: ["late"], country: ["DE"] }, by);
    expect(others).toEqual([]);
    expect(problem?.message).toContain(`${lost} never has`);
    expect(problem?.message).toContain(`leave ${lost} out`);
  });

  it("is named with each of the others where a value can be had by none", () => {
    const problems = problemsWith({ state: ["late", "lst"] });
    expect(problems.map(({ path }) => path)).toEqual([
      "routes[0].filter.state[1]",
      "routes[0].filter.state[1]",
    ]);
    for (const { message } of problems) expect(message).not.toContain("leave");
    expect(problems[1]?.message).toContain('did you mean "lost"?');
  });

  it("is not judged while it has a mistake of its own, nor where nobody knows who receives", () => {
    const broken = editedAll(parcels([{ events: "parcels/*", to: "archive", filter: { note: ["-"] } }]), [
      [["services", "parcels", "contracts", "Parcel.Sent", "version"], "one"],
    ]);
    expect(problemsOf(broken).map(({ path }) => path)).toEqual([
      'services.parcels.contracts["Parcel.Sent"].version',
    ]);
    const nowhere = parcels([{ events: "parcels/*", to: "archiv", filter: { note: ["-"] } }]);
    expect(problemsOf(nowhere).map(({ path }) => path)).toEqual(["routes[0].to"]);
  });
});

const filterMistakes: readonly Mistake[] = [
  {
    name: "a filter on a wildcard that EventBridge would reject",
    edits: [[["routes", 3, "filter"], { orderId: "o-1" }]],
    path: "routes[3].filter",
    says: ["EventBridge would reject the pattern at detail.orderId"],
  },
  {
    name: "a filter on everything that one contract has no field for",
    edits: [[["routes", 3, "filter"], { status: ["delivered"] }]],
    path: "routes[3].filter",
    says: ['the detail of orders/Order.Created has no field "status"', "leave orders/Order.Created out"],
  },
  {
    name: "a filtered wildcard beside the whole of one contract",
    edits: [
      [["routes", 3, "filter"], { orderId: [{ prefix: "o-" }] }],
      [["routes", 4], { events: "orders/Order.Created", to: "archive" }],
    ],
    path: "routes[4]",
    says: [
      'routes[3] brings orders/Order.Created to "archive" already',
      "beside the other one a filter keeps nothing back, so remove one of the two",
    ],
  },
  {
    name: "a filtered wildcard beside the same filter of one contract",
    edits: [
      [["routes", 3, "filter"], { orderId: [{ prefix: "o-" }] }],
      [
        ["routes", 4],
        { events: ["orders/Order.Created"], to: "archive", filter: { orderId: [{ prefix: "o-" }] } },
      ],
    ],
    path: "routes[4].events[0]",
    says: ["remove one of the two, or name single contracts instead of a wildcard"],
  },
];

describe("a mistake in the filter of a wildcard", () => {
  itReportsOnce(filterMistakes);
});
