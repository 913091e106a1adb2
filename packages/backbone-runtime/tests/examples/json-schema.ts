import { Ajv } from "ajv";
import { ajvSchema, contract } from "backbone-runtime";
import { orders } from "../shop.js";

const ajv = new Ajv({ allErrors: true });
const archived = ajv.compile<{ orderId: string }>(orders.contracts["Order.Archived"].detail.jsonSchema);
export const OrderArchived = contract(orders, "Order.Archived", ajvSchema(archived));
