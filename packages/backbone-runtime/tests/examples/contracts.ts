import { contract } from "backbone-runtime";
import { orders } from "../shop.js";

export const OrderCreated = contract(orders, "Order.Created");
