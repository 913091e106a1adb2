import { describe, expect, it } from "vitest";
import { Parameters, VirtualClock } from "../src/index.js";
import { open, post } from "./serving.js";

const root = "arn:aws:ssm:eu-west-1:111111111111:parameter";

async function openParameters() {
  const parameters = new Parameters({ clock: new VirtualClock() });
  parameters.put({ arn: `${root}/backbone/bus`, value: "arn:bus" });
  parameters.put({
    arn: `${root}/backbone/queues/orders`,
    value: (host) => `http://${host}/111111111111/orders`,
  });
  const { url, port } = await open({ parameters });
  const ask = async (action: string, input: unknown) => {
    const answer = await post(url, {
      target: `AmazonSSM.${action}`,
      service: "ssm",
      body: JSON.stringify(input),
    });
    const value: unknown = JSON.parse(answer.text);
    return value;
  };
  return { ask, parameters, port };
}

describe("SSM", () => {
  it("gives a parameter by name and by ARN, with its time as a number", async () => {
    const { ask, parameters } = await openParameters();
    const Parameter = {
      ARN: `${root}/backbone/bus`,
      Name: "/backbone/bus",
      Type: "String",
      Value: "arn:bus",
      Version: 1,
      LastModifiedDate: 1_767_268_800,
      DataType: "text",
    };
    expect(await ask("GetParameter", { Name: "/backbone/bus", WithDecryption: true })).toEqual({ Parameter });
    expect(await ask("GetParameter", { Name: `${root}/backbone/bus` })).toEqual({ Parameter });
    parameters.put({ arn: `${root}/backbone/bus`, value: "arn:other" });
    expect(await ask("GetParameter", { Name: "/backbone/bus" })).toMatchObject({
      Parameter: { Value: "arn:other", Version: 2 },
    });
  });

  it("gives URLs that lead back to where it was found", async () => {
    const { ask, port } = await openParameters();
    expect(await ask("GetParameter", { Name: "/backbone/queues/orders" })).toMatchObject({
      Parameter: { Value: `http://127.0.0.1:${port}/111111111111/orders` },
    });
  });

  it("says what is not there", async () => {
    const { ask } = await openParameters();
    expect(await ask("GetParameter", { Name: "/nothing" })).toMatchObject({ __type: "ParameterNotFound" });
    expect(await ask("GetParameters", { Names: ["/backbone/bus", "/nothing"] })).toMatchObject({
      Parameters: [{ Name: "/backbone/bus" }],
      InvalidParameters: ["/nothing"],
    });
  });

  it.each([
    { input: { Path: "/backbone" }, names: ["/backbone/bus"] },
    { input: { Path: "/backbone/", Recursive: true }, names: ["/backbone/bus", "/backbone/queues/orders"] },
    { input: { Path: "/back" }, names: [] },
  ])("lists $input", async ({ input, names }) => {
    const { ask } = await openParameters();
    expect(await ask("GetParametersByPath", input)).toMatchObject({
      Parameters: names.map((Name) => ({ Name })),
    });
  });
});
