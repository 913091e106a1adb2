import { contract, type DetailOf, publish } from "backbone-runtime";
import { orders } from "../../config/services/index.js";

const OrderCreated = contract(orders, "Order.Created");

/** Takes an order that a customer has placed: what follows is for other services to know. */
export async function placeOrder(order: DetailOf<typeof OrderCreated>): Promise<void> {
  await publish(OrderCreated, order);
}
