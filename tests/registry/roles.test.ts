import { describe, expect, it } from "vitest";
import { parseRegistry } from "../../infra/registry/index.js";
import { edited } from "../fixtures/edit.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const at = ["environments", "prod", "roles"] as const;

const path = (name: string, written: unknown, ...says: string[]): Mistake => ({
  name,
  edits: [[at, { path: written }]],
  path: "environments.prod.roles.path",
  says,
});

const boundary = (name: string, written: unknown, ...says: string[]): Mistake => ({
  name,
  edits: [[at, { permissionsBoundary: written }]],
  path: "environments.prod.roles.permissionsBoundary",
  says,
});

const ours = "arn:aws:iam::111111111111:policy/team/boundary";

describe("a mistake in what an environment says about roles", () => {
  itReportsOnce([
    {
      name: "roles that are no object",
      edits: [[at, "/backbone/"]],
      path: "environments.prod.roles",
      says: ['received the string "/backbone/"', 'write { path: "/backbone/", permissionsBoundary:'],
    },
    {
      name: "a misspelt boundary",
      edits: [[at, { permissionBoundary: "team-boundary" }]],
      path: "environments.prod.roles.permissionBoundary",
      says: ['did you mean "permissionsBoundary"?'],
    },
    path("a path that is no text", 5, "expected text, received the number 5", 'such as "/backbone/"'),
    path("an empty path", "", '"" is not between two slashes', "leave it out"),
    path("a path of two slashes", "//", '"//" is not between two slashes', "leave it out"),
    path("a path without slashes", "backbone", 'write "/backbone/"'),
    path("a path that does not end with a slash", "/a/b", 'write "/a/b/"'),
    path("a path that is too long", `/${"a".repeat(511)}/`, "more than 512 characters", "shorten it"),
    path("a path with a space", "/our team/", "use printable ASCII without spaces"),
    path("a path with a letter beyond ASCII", "/grün/", "use printable ASCII"),
    path("a path that policies read as a wildcard", "/back*/", "use printable ASCII without spaces, *, ?"),
    path("a path that policies read as a variable", "/${aws:username}/", "cannot stand in the ARN"),
    path("a path that SSM reads as a parameter", "/{{a}}/", "cannot stand in the ARN"),
    boundary("a boundary that is no text", true, "expected text, received the boolean true"),
    boundary("the ARN of a boundary", ours, "every account has its own", 'write "team/boundary"'),
    boundary("the ARN of a user", "arn:aws:iam::111111111111:user/a", "write the policy's name"),
    boundary(
      "a boundary of AWS's own",
      "arn:aws:iam::aws:policy/PowerUserAccess",
      "is a policy of AWS's own",
      "make one with its text in every account",
    ),
    boundary("a boundary that begins with a slash", "/team/boundary", 'write "team/boundary"'),
    boundary("a boundary that is no name", "team boundary", "is no name of a managed policy"),
    boundary("an empty boundary", "", "is no name of a managed policy"),
    boundary("a boundary whose name is too long", "b".repeat(129), "128 characters at most"),
    boundary("a boundary whose path is too long", `${"a".repeat(511)}/b`, "its path 512"),
  ]);

  it("leads to its mend, which holds", () => {
    const mended = (roles: unknown) => problemsOf(edited(shopRegistry, at, roles));
    for (const written of ["backbone", "/a/b", "a/b/"]) {
      const [problem] = mended({ path: written });
      const mend = /write "([^"]+)"/.exec(problem?.message ?? "")?.[1];
      expect(mended({ path: mend })).toEqual([]);
    }
    for (const written of [ours, "/team/boundary"]) {
      const [problem] = mended({ permissionsBoundary: written });
      const mend = /write "([^"]+)"/.exec(problem?.message ?? "")?.[1];
      expect(mended({ permissionsBoundary: mend })).toEqual([]);
    }
  });
});

describe("what an environment says about roles", () => {
  it.each([
    {},
    { path: "/" },
    { path: `/${"a".repeat(510)}/` },
    { path: "/a/b!\"#%&'(),-.:;<=>@[]^_`|~/" },
    { permissionsBoundary: "b".repeat(128) },
    { permissionsBoundary: `${"a".repeat(510)}/b` },
    { path: "/backbone/", permissionsBoundary: "team/Boundary_1+=,.@-" },
  ])("is read as it is written: %j", (roles) => {
    const registry = parseRegistry(edited(shopRegistry, at, roles));
    expect(registry.environments.get("prod")?.roles).toEqual(roles);
  });
});

describe("who may put dead letters back", () => {
  it.each([
    ["a name with a slash before it", ["/ops/on-call"], "without"],
    ["an ARN", ["arn:aws:iam::111111111111:role/ops"], "no name of a role"],
    ["everybody", ["*"], "not * alone"],
    ["nobody", [], "nobody could put a letter back"],
  ])("cannot be %s", (_what, redrivers, says) => {
    const [problem] = problemsOf(edited(shopRegistry, at, { redrivers }));
    expect(problem?.message).toContain(says);
    expect(problemsOf(edited(shopRegistry, at, { redrivers: ["ops/*"] }))).toEqual([]);
  });
});
