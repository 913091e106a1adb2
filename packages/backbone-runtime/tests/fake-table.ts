import type { DynamoClient } from "../src/index.js";

type Item = Parameters<DynamoClient["putItem"]>[0]["Item"];

/** As much of DynamoDB as conditional writes need, with its own reading of their conditions. */
export function fakeTable(): DynamoClient & { readonly items: (table: string) => Item[] } {
  const tables = new Map<string, Map<string, Item>>();
  const rowsOf = (name: string) => {
    const rows = tables.get(name) ?? new Map<string, Item>();
    tables.set(name, rows);
    return rows;
  };
  const check = (item: Item | undefined, condition: string, values: Item, shown: boolean) => {
    if (holds(condition, item, values)) return;
    throw Object.assign(new Error("The conditional request failed"), {
      name: "ConditionalCheckFailedException",
      ...(shown && item !== undefined ? { Item: item } : {}),
    });
  };
  return {
    items: (table) => [...rowsOf(table).values()],
    putItem: async ({ TableName, Item, ConditionExpression, ExpressionAttributeValues, ...options }) => {
      await Promise.resolve();
      const rows = rowsOf(TableName);
      const id = textOf(Item.id);
      const shown = options.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
      check(rows.get(id), ConditionExpression, ExpressionAttributeValues, shown);
      rows.set(id, Item);
    },
    deleteItem: async ({ TableName, Key, ConditionExpression, ExpressionAttributeValues }) => {
      await Promise.resolve();
      const rows = rowsOf(TableName);
      const id = textOf(Key.id);
      check(rows.get(id), ConditionExpression, ExpressionAttributeValues, false);
      rows.delete(id);
    },
  };
}

function textOf(value: Item[string] | undefined): string {
  if (value !== undefined && "S" in value) return value.S;
  throw new Error("a key is a text");
}

/** Of conditions: `a OR b`, `attribute_not_exists(x)`, `x = :v`, `x <= :v`; what compares a missing attribute is false. */
function holds(condition: string, item: Item = {}, values: Item): boolean {
  return condition.split(" OR ").some((term) => {
    const missing = /^attribute_not_exists\((\w+)\)$/.exec(term)?.[1];
    if (missing !== undefined) return !(missing in item);
    const [, name = "", operator = "", value = ""] = /^(\w+) (=|<=) (:\w+)$/.exec(term) ?? [];
    const wanted = values[value];
    const there = item[name];
    if (wanted === undefined) throw new Error(`a condition that is not understood: ${term}`);
    if (there === undefined) return false;
    if (operator === "=") return JSON.stringify(there) === JSON.stringify(wanted);
    return "N" in there && "N" in wanted && Number(there.N) <= Number(wanted.N);
  });
}
