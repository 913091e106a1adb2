import { describe, expect, it } from "vitest";
import { z } from "zod";
import { planTopology } from "../../infra/topology/index.js";
import { registry as everySwitch } from "../fixtures/registries/every-switch.js";
import { registry as demanding } from "../fixtures/registries/organisation-demands.js";
import { edited, editedAll, removed } from "../fixtures/edit.js";
import { isWhole, scoreOf } from "../fixtures/damage-score.js";
import { alsoSays, type Change, inputs, says, text, unsaid, unset } from "../fixtures/plan-changes.js";
import { ofKind, textOf } from "../fixtures/recordings.js";
import { everyFailure, rehearse, type Rehearsed, verifyPlan } from "../fixtures/rehearsed.js";

const demanded = await rehearse(demanding, "prod");
const undemanded = await rehearse(everySwitch, "prod");

const path = "/backbone/";
const redriveArn = "arn:aws:iam::111111111111:role/backbone/backbone-redrive-global";

describe("what an organisation demands of roles", () => {
  it("is in every role, and each account has the boundary of its own", () => {
    for (const stack of demanded.plan.stacks) {
      const roles = ofKind(stack, "Role");
      expect(roles.length).toBeGreaterThan(0);
      for (const role of roles) {
        expect(role.inputs).toMatchObject({
          path,
          permissionsBoundary: `arn:aws:iam::${stack.accountId}:policy/team-boundary`,
        });
      }
    }
  });

  it("is in every ARN of these roles, wherever it stands, and in no policy's", () => {
    const emitted = JSON.stringify(demanded.plan);
    const roles = new Set(emitted.match(/:role\/[\w/-]+/g));
    // The role that deploys is named by whoever writes the registry.
    roles.delete(":role/backbone-deploy");
    expect(roles.size).toBe(11);
    expect([...roles].filter((arn) => !arn.startsWith(":role/backbone/backbone-"))).toEqual([]);
    expect(new Set(emitted.match(/:policy\/backbone[\w/-]+/g))).toEqual(
      new Set(["orders", "delivery", "transport"].map((name) => `:policy/backbone-publish-${name}`)),
    );
  });

  it("emits nothing where nothing is demanded, and the same for the path that IAM takes anyway", async () => {
    const plain = undemanded.plan.stacks.flatMap((stack) => ofKind(stack, "Role"));
    for (const { inputs: made } of plain) {
      expect(Object.keys(made).sort()).toEqual(["assumeRolePolicy", "description", "name"]);
    }
    const slash = await rehearse(
      editedAll(everySwitch, [[["environments", "prod", "roles"], { path: "/" }]]),
      "prod",
    );
    const isSame =
      JSON.stringify(slash.plan).replaceAll(',"path":"/"', "") === JSON.stringify(undemanded.plan);
    expect(isSame).toBe(true);
    expect(verifyPlan(slash).failures).toEqual([]);
  });

  it("is proven, and claimed by nobody where nothing is demanded", () => {
    const { failures, checks, notes } = verifyPlan(demanded);
    expect(failures).toEqual([]);
    expect(checks.filter(({ id }) => id.startsWith("roles:"))).toHaveLength(5);
    expect(notes.join()).toContain("the permissions boundary team-boundary is there in every account");
    const without = verifyPlan(undemanded);
    expect(without.checks.filter(({ id }) => id.startsWith("roles:"))).toEqual([]);
    expect(without.notes).toEqual([]);
  });

  const elsewhere = "arn:aws:iam::222222222222:policy/team-boundary";
  it.each<{ what: string; damage: Change; check: string; problem: string }>([
    {
      what: "a forward without boundary",
      damage: unset("global", "Role forward-carrier", "permissionsBoundary"),
      check: "roles:global",
      problem: "backbone-forward-carrier has no permissions boundary, and must have arn:aws:iam::1111",
    },
    {
      what: "a redrive with another account's boundary",
      damage: inputs("global", "Role redrive", { permissionsBoundary: elsewhere }),
      check: "roles:global",
      problem: `has the permissions boundary ${elsewhere}, and must have arn:aws:iam::1111`,
    },
    {
      what: "a role with another path",
      damage: inputs("orders", "Role redrive", { path: "/other/" }),
      check: "roles:orders",
      problem: "role/other/backbone-redrive-orders has the path /other/, and must have /backbone/",
    },
    {
      what: "a role without path",
      damage: unset("global", "Role forward-orders", "path"),
      check: "delivery:delivery/Delivery.Updated",
      problem: "",
    },
    {
      what: "a bus that admits the forward role without its path",
      damage: text(
        "orders",
        "EventBusPolicy local-bus",
        "policy",
        "role/backbone/backbone-f",
        "role/backbone-f",
      ),
      check: "delivery:delivery/Delivery.Updated",
      problem: "",
    },
    {
      what: "a parameter that leaves the path out",
      damage: text("orders", "Parameter redrive-role-arn", "insecureValue", "role/backbone/", "role/"),
      check: "settings:orders",
      problem: "has insecureValue arn:aws:iam::222222222222:role/backbone-redrive-orders",
    },
  ])("fails the proof: $what", ({ damage, check, problem }) => {
    const failures = everyFailure(demanded, damage(demanded.plan));
    const told = failures.filter((failure) => failure.id === check).map((failure) => failure.problem);
    expect(told.join("\n")).toContain(problem);
    expect(told).not.toEqual([]);
  });

  it.each([
    ["permissions boundary", inputs("delivery", "Role redrive", { permissionsBoundary: elsewhere })],
    ["path", inputs("delivery", "Role redrive", { path })],
  ])("fails the proof where nobody demands a %s", (what, damage) => {
    const failures = everyFailure(undemanded, damage(undemanded.plan));
    const told = failures.filter(({ id }) => id === "roles:delivery").map(({ problem }) => problem);
    expect(told.join()).toContain(`has the ${what}`);
  });
});

describe("a member outside the organisation", () => {
  const conditionOf = (account: string, reference: string, sid: string) => {
    const [stack] = demanded.plan.stacks.filter((one) => one.account === account);
    const resource = stack?.resources.find(
      ({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}` === reference,
    );
    const { Statement } = z
      .object({ Statement: z.array(z.looseObject({ Sid: z.string() })) })
      .parse(JSON.parse(textOf(resource, "policy")));
    return Statement.find(({ Sid }) => Sid === sid);
  };

  it("is excepted by its account id, and its bus is named in the redrive role", () => {
    expect(conditionOf("global", "EventBusPolicy global-bus", "DenyOutsideOrganisation")).toMatchObject({
      Condition: {
        StringNotEquals: {
          "aws:PrincipalOrgID": "o-example0000",
          "aws:PrincipalAccount": ["555555555555", "666666666666"],
        },
      },
    });
    expect(conditionOf("global", "RolePolicy redrive", "PutEventsOutsideOrganisation")).toEqual({
      Sid: "PutEventsOutsideOrganisation",
      Effect: "Allow",
      Action: ["events:DescribeEventBus", "events:PutEvents"],
      Resource: [
        "arn:aws:events:eu-west-1:555555555555:event-bus/backbone-carrier",
        "arn:aws:events:eu-west-1:666666666666:event-bus/backbone-insurer",
      ],
    });
  });

  it("is told by the proof, which leaves it out of who must be in the organisation", () => {
    const titleOf = (rehearsed: Rehearsed) =>
      verifyPlan(rehearsed).checks.find(({ id }) => id === "global-bus")?.title;
    expect(titleOf(demanded)).toContain("from inside o-example0000 but for carrier, insurer,");
    expect(titleOf(undemanded)).toContain("from inside o-example0000 and");
  });

  it("says nothing where the environment has no organisation, or one AWS account", async () => {
    const dev = await rehearse(demanding, "dev");
    expect(JSON.stringify(dev.plan)).not.toContain("OutsideOrganisation");
    const organised = await rehearse(
      editedAll(demanding, [[["environments", "dev", "organizationId"], "o-example0000"]]),
      "dev",
    );
    expect(JSON.stringify(organised.plan)).not.toContain("PutEventsOutsideOrganisation");
    expect(JSON.stringify(organised.plan)).not.toContain('PrincipalAccount\\":[');
    for (const one of [dev, organised]) {
      expect(verifyPlan(one).failures).toEqual([]);
    }
  });

  it("is inside where it shares an AWS account with one that is", async () => {
    const shared = await rehearse(
      edited(demanding, ["environments", "prod", "accountIds", "insurer"], "333333333333"),
      "prod",
    );
    const { failures, checks } = verifyPlan(shared);
    expect(failures).toEqual([]);
    expect(checks.find(({ id }) => id === "global-bus")?.title).toContain("but for carrier, and");
    expect(planTopology(shared.registry, shared.environment).warnings).toContain(
      'outsideOrganization of insurer says nothing in "prod": an account inside shares the AWS account, which is in the organisation or is not',
    );
  });

  const globalBus = ["global", "EventBusPolicy global-bus", "DenyOutsideOrganisation"] as const;
  const redrive = ["global", "RolePolicy redrive", "PutEventsOutsideOrganisation"] as const;
  const excepted = ["Condition", "StringNotEquals", "aws:PrincipalAccount"];
  const admits = (...ids: string[]): Change => says(...globalBus, [excepted, ids]);
  const carrier = "555555555555";
  const insurer = "666666666666";
  it.each<{ what: string; damage: Change; checks: string[] }>([
    {
      what: "another member is excepted too",
      damage: admits(carrier, insurer, "222222222222"),
      checks: ["global-bus"],
    },
    {
      what: "everybody is excepted",
      damage: says(...globalBus, [["Condition"], { StringNotLike: { "aws:PrincipalAccount": "*" } }]),
      checks: ["global-bus"],
    },
    {
      what: "nobody is excepted",
      damage: says(...globalBus, [excepted, removed]),
      checks: ["global-bus", "delivery:transport/Parcel.Handed"],
    },
    {
      what: "who is excepted is refused by another Deny",
      damage: alsoSays(...globalBus, [excepted, removed]),
      checks: ["global-bus"],
    },
    {
      what: "no redrive reaches them",
      damage: unsaid(...redrive),
      checks: ["redrive-role:global"],
    },
    {
      what: "a redrive reaches whoever has a bus of such a name",
      damage: says(...redrive, [["Resource"], "arn:aws:events:eu-west-1:*:event-bus/backbone-*"]),
      checks: ["redrive-role:global"],
    },
    {
      what: "a redrive reaches whatever the organisation has",
      damage: says("global", "RolePolicy redrive", "PutEventsOnLocalBuses", [["Resource"], "*"]),
      checks: ["redrive-role:global"],
    },
    {
      what: "a redrive reaches every bus of those outside",
      damage: says(...redrive, [["Resource"], "arn:aws:events:eu-west-1:555555555555:event-bus/*"]),
      checks: ["redrive-role:global"],
    },
    {
      what: "the insurer's bus admits the carrier's redrive role",
      damage: text(
        "insurer",
        "EventBusPolicy local-bus",
        "policy",
        redriveArn,
        redriveArn.replace(/1{12}/, carrier),
      ),
      checks: ["local-bus:insurer"],
    },
  ])("fails the proof where $what", ({ damage, checks }) => {
    const failures = everyFailure(demanded, damage(demanded.plan));
    expect(failures.map(({ id }) => id)).toEqual(expect.arrayContaining(checks));
  });

  it("fails the proof of a plan where the registry does not know it to be outside", async () => {
    const inside = await rehearse(
      editedAll(demanding, [[["accounts", "insurer", "outsideOrganization"], removed]]),
      "prod",
    );
    const checks = everyFailure(inside, demanded.plan).map(({ id }) => id);
    expect(checks).toContain("redrive-role:global");
    expect(verifyPlan(inside).failures).toEqual([]);
  });
});

describe("a damage to what the organisation demands", () => {
  it("fails the proof, which names it", () => {
    const concerned = /^(?:global (?:Role|RolePolicy|EventBusPolicy)|carrier) /;
    const { holes, unnamed, falseAlarms } = scoreOf(demanded, isWhole ? Infinity : 20, ({ id }) =>
      concerned.test(id),
    );
    expect({ holes, unnamed, falseAlarms }).toEqual({ holes: [], unnamed: [], falseAlarms: [] });
  }, 300_000);
});
