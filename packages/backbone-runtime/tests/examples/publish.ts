import { publish } from "backbone-runtime";
import { OrderCreated } from "./contracts.js";

export async function placeOrder(orderId: string): Promise<void> {
  await publish(OrderCreated, { orderId, items: [{ sku: "tea-pot", quantity: 1 }] });
}
