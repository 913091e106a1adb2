import { Function as LambdaFunction } from "@pulumi/aws/lambda/index.js";
import { Provider } from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { withDigests } from "../../rehearsal/emission/archive.js";

/** The code of a function as Pulumi hands it to its mocks, with what a plan has in its place. */
async function recorded(code: pulumi.asset.Archive): Promise<unknown> {
  let seen: unknown;
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const read = await withDigests(inputs);
        if (type.endsWith(":Function")) seen = read;
        return { id: name, state: {} };
      },
      call: () => ({}),
    },
    "archives",
    "test",
  );
  await pulumi.runtime.runInPulumiStack(() => {
    const provider = new Provider("aws", { region: "eu-west-1" });
    new LambdaFunction("made", { role: "arn:aws:iam::111111111111:role/made", code }, { provider });
    return Promise.resolve();
  });
  await pulumi.runtime.disconnect();
  return seen;
}

const { AssetArchive, FileArchive, FileAsset, StringAsset } = pulumi.asset;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

afterAll(() => pulumi.runtime.disconnect());

describe("the code of a function in a plan", () => {
  it("is the digest and the size of each file", async () => {
    const code = new AssetArchive({
      "index.mjs": new StringAsset("export const handler = () => 'é';"),
      "a/text.txt": new FileAsset("package.json"),
    });
    const read = await recorded(code);
    expect(read).toMatchObject({
      code: {
        "index.mjs": { sha256: sha256("export const handler = () => 'é';"), bytes: 34 },
        "a/text.txt": { sha256: sha256(readFileSync("package.json", "utf8")) },
      },
    });
    expect(JSON.stringify(read)).not.toContain("handler = ");
    expect(JSON.stringify(await recorded(code))).toBe(JSON.stringify(read));
  });

  it.each([
    [
      "a file that is not there",
      new AssetArchive({ "index.mjs": new FileAsset("nowhere.mjs") }),
      "nowhere.mjs",
    ],
    [
      "a folder",
      new AssetArchive({ lib: new FileArchive("infra") }),
      "lib in an archive is neither a text nor a file",
    ],
  ])("is no digest of %s", async (_, code, says) => {
    const assets: unknown = await code.assets;
    await expect(withDigests({ code: { __pulumiArchive: true, assets } })).rejects.toThrow(says);
  });

  it("is no digest of an archive that is a path", async () => {
    const path = { __pulumiArchive: true, path: Promise.resolve("./made") };
    await expect(withDigests({ code: path })).rejects.toThrow("make it an AssetArchive");
  });

  it("is in the same order, however the archive was put together", async () => {
    const assets = { "b.mjs": new StringAsset("b"), "a.mjs": new StringAsset("a") };
    const read = await withDigests({ code: { __pulumiArchive: true, assets } });
    expect(JSON.stringify(read)).toMatch(/a\.mjs.*b\.mjs/);
  });

  it("leaves all else as it is", async () => {
    const inputs = { name: "made", tags: { of: "made" } };
    expect(await withDigests(inputs)).toBe(inputs);
  });
});
