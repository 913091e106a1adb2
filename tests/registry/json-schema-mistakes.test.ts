import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { jsonSchema } from "../../infra/registry/index.js";
import { editedAll } from "../fixtures/edit.js";
import { contractPath } from "../fixtures/filter-case.js";
import { itReportsOnce, type Mistake } from "../fixtures/mistake.js";
import { problemsOf } from "../fixtures/problems-of.js";
import { shopRegistry } from "../fixtures/shop-registry.js";

const detailPath = [...contractPath, "detail"];
const shownPath = 'services.orders.contracts["Order.Created"].detail';

const folder = mkdtempSync(join(tmpdir(), "schemas-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A file in a folder of its own, with the text given. */
function file(name: string, text: string): URL {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path);
}

/** An object with one field, besides those of the example. */
const withField = (field: object, more: object = {}) =>
  jsonSchema({ type: "object", properties: { field: { ...field } }, ...more });

const wrong: readonly (Omit<Mistake, "edits" | "path"> & { readonly detail: unknown })[] = [
  {
    name: "a file that is missing",
    detail: jsonSchema("tests/fixtures/schemas/documnt.yaml"),
    says: [
      "there is no file tests/fixtures/schemas/documnt.yaml",
      'did you mean "tests/fixtures/schemas/document.yaml"?',
    ],
  },
  {
    name: "a file in a folder that is missing",
    detail: jsonSchema("scemas/document.yaml"),
    says: ["there is no file scemas/document.yaml", "from the folder of Pulumi.yaml"],
  },
  {
    name: "a file of another machine",
    detail: jsonSchema(new URL("file://elsewhere/document.yaml")),
    says: ["file://elsewhere/document.yaml names no file of this machine", "write its path"],
  },
  {
    name: "a folder",
    detail: jsonSchema("tests/fixtures/schemas"),
    says: ["tests/fixtures/schemas is a folder", "name a file in it"],
  },
  {
    name: "a file that is no YAML",
    detail: jsonSchema(file("broken.yaml", "type: object\nrequired: [a\nproperties: {}\n")),
    says: ["broken.yaml is no YAML", "at line 3", "mend it there"],
  },
  {
    name: "a file that is no JSON",
    detail: jsonSchema(file("broken.json", '{ "type": object }')),
    says: ["broken.json is no JSON", "mend it there"],
  },
  {
    name: "a file with what JSON has no word for",
    detail: jsonSchema(file("number.yaml", "type: object\nminProperties: .nan\n")),
    says: ["number.yaml holds what JSON has no word for", "take it out"],
  },
  {
    name: "a file that holds itself",
    detail: jsonSchema(file("itself.yaml", "&a\ntype: object\nnot: *a\n")),
    says: ["itself.yaml", "mend it there"],
  },
  {
    name: "an address on the network",
    detail: jsonSchema("https://schemas.example.com/order.json"),
    says: ["https://schemas.example.com/order.json is no file", "save it in the project"],
  },
  {
    name: "what is no JSON",
    detail: { jsonSchema: new Date(0) },
    says: ["is no plain JSON", "jsonSchema({ type: "],
  },
  {
    name: "a file that holds no schema",
    detail: jsonSchema(file("list.yaml", "- type: object\n")),
    says: ["list.yaml: expected a schema, received a list", "write an object"],
  },
  {
    name: "a schema of an earlier draft",
    detail: jsonSchema({ $schema: "http://json-schema.org/draft-04/schema#", type: "object" }),
    says: ["its JSON Schema at $schema: another draft", "draft/2020-12/schema", "draft-07"],
  },
  {
    name: "a reference to a schema of another draft",
    detail: withField(
      { $ref: "tests/fixtures/schemas/document.yaml" },
      { $schema: "http://json-schema.org/draft-07/schema#" },
    ),
    says: ["tests/fixtures/schemas/document.yaml at $schema: ", "is of draft-07", "the same $schema in both"],
  },
  {
    name: "a misspelt keyword in a file that is referred to",
    detail: withField({
      $ref: file("part.yaml", "$defs:\n  part: { type: string, maxLenght: 5 }\n").href + "#/$defs/part",
    }),
    says: ['part.yaml at $defs.part.maxLenght: "maxLenght" is no keyword', 'did you mean "maxLength"?'],
  },
  {
    name: "a keyword of another language",
    detail: withField({ type: "string", nullable: true }),
    says: ["its JSON Schema at properties.field.nullable", 'type: ["string", "null"]'],
  },
  {
    name: "a keyword of the other draft",
    detail: jsonSchema({
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      dependentRequired: { a: ["b"] },
    }),
    says: ["dependentRequired", "2020-12 has it: name that draft in $schema"],
  },
  {
    name: "a keyword far from every other",
    detail: withField({ confidentiality: "high" }),
    says: ['"confidentiality" is no keyword', "begin its name with x-"],
  },
  {
    name: "an unknown format",
    detail: withField({ format: "emial" }),
    says: ["properties.field.format", '"emial" is no format', 'did you mean "email"?'],
  },
  {
    name: "a type that there is not",
    detail: withField({ type: "text" }),
    says: ["properties.field.type", '"text" is not known there', "write one of"],
  },
  {
    name: "a keyword with a value of a wrong type",
    detail: withField({ minimum: "5" }),
    says: ["properties.field.minimum: expected number, received string"],
  },
  {
    name: "a regular expression that is none",
    detail: withField({ pattern: "(" }),
    says: ["properties.field.pattern", "Unterminated group", "mend the regular expression"],
  },
  {
    name: "a keyword that means nothing without another",
    detail: withField({ then: { type: "string" } }),
    says: ["cannot be read", '"then" without "if"'],
  },
  {
    name: "a reference to the network",
    detail: withField({ $ref: "https://schemas.example.com/party.json" }),
    says: ["properties.field.$ref", "nothing is read from the network", "save it there as a file"],
  },
  {
    name: "a reference to a file that is missing",
    detail: withField({ $ref: "tests/fixtures/schemas/amont.json" }),
    says: ["properties.field.$ref", "there is no file tests/fixtures/schemas/amont.json", "amount.json"],
  },
  {
    name: "a reference to what is not declared",
    detail: withField({ $ref: "#/$defs/pag" }, { $defs: { page: true } }),
    says: ['$ref "#/$defs/pag" leads to nothing', 'did you mean "page"?'],
  },
  {
    name: "a reference to an anchor that there is not",
    detail: withField({ $ref: "#pag" }, { $defs: { one: { $anchor: "page" } } }),
    says: ['$ref "#pag" leads to nothing', 'did you mean "page"?'],
  },
  {
    name: "a reference whose meaning hangs on who refers",
    detail: withField({ $dynamicRef: "#node" }),
    says: ["properties.field.$dynamicRef", "write $ref"],
  },
  {
    name: "a root that is no object",
    detail: jsonSchema({ type: "string" }),
    says: ["does not describe an object", "write type: object at its root"],
  },
  {
    name: "a root that says nothing of objects in one of its ways",
    detail: jsonSchema({ anyOf: [{ type: "object" }, {}] }),
    says: ["does not describe an object"],
  },
  {
    name: "a schema without the word that says so",
    detail: { type: "object" },
    says: ["expected a zod schema, received an object", "a JSON Schema is written as jsonSchema(…)"],
  },
  {
    name: "a path without the word that says so",
    detail: "schemas/order.yaml",
    says: ['a JSON Schema is written as jsonSchema("schemas/order.yaml")'],
  },
];

describe("a mistake in a JSON Schema", () => {
  itReportsOnce(
    wrong.map(({ name, detail, says }) => ({ name, says, edits: [[detailPath, detail]], path: shownPath })),
  );

  it("hides no other: of the schema, of other contracts, of anything", () => {
    const problems = problemsOf(
      editedAll(shopRegistry, [
        [detailPath, withField({ type: "strng", formt: "date", pattern: "(", $ref: "#/x" })],
        [["services", "orders", "contracts", "Order.Updated", "detail"], jsonSchema("nowhere.yaml")],
        [["routes", 0, "to"], "delivry"],
      ]),
    );
    expect(problems.map(({ path }) => path)).toEqual([
      ...Array.from({ length: 4 }, () => shownPath),
      'services.orders.contracts["Order.Updated"].detail',
      "routes[0].to",
    ]);
  });

  it("is no end of the check, whatever it is", () => {
    const keyword = fc.constantFrom(
      ...[
        "$schema",
        "$id",
        "$anchor",
        "$ref",
        "$defs",
        "type",
        "properties",
        "items",
        "prefixItems",
        "allOf",
      ],
      ...["anyOf", "oneOf", "not", "if", "then", "else", "required", "enum", "const", "pattern", "format"],
      ...["additionalProperties", "patternProperties", "dependentSchemas", "minimum", "__proto__", "x"],
    );
    const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 5, depthIdentifier: "schema" },
        { weight: 1, arbitrary: fc.constantFrom(true, false, null, 0, -1, "date", "object") },
        { weight: 3, arbitrary: fc.dictionary(keyword, tie("schema"), { maxKeys: 4 }) },
        fc.array(tie("schema"), { maxLength: 2 }),
        fc.constantFrom("#", "#/$defs/x", "#x", "a%2Fb.yaml", "https://x.example/", "urn:x", "("),
        fc.constantFrom("http://json-schema.org/draft-07/schema#", "uuid"),
      ),
    }));
    const filter = { x: { properties: ["a"] } };
    fc.assert(
      fc.property(schema, (any) => {
        const edits = [
          [detailPath, { jsonSchema: any }],
          [["routes", 0, "filter"], filter],
        ] as const;
        for (const { path } of problemsOf(editedAll(shopRegistry, edits))) expect(path).not.toBe("");
      }),
      { numRuns: 400 },
    );
  });

  it("is told of each contract that uses the file", () => {
    const schema = jsonSchema(file("shared.yaml", "type: object\npropertis: {}\n"));
    const problems = problemsOf(
      editedAll(shopRegistry, [
        [detailPath, schema],
        [["services", "orders", "contracts", "Order.Updated", "detail"], schema],
      ]),
    );
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("shared.yaml at propertis"),
      expect.stringContaining("shared.yaml at propertis"),
    ]);
  });
});
