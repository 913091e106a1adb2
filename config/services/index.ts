export { delivery } from "./delivery.js";
export { orders } from "./orders.js";
