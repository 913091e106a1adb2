import type { Contract, JsonObject } from "../infra/registry/index.js";
import {
  deliverEvents,
  type CallerData,
  type Delivery,
  type Telling,
  type World,
} from "eventbridge-simulator";
import { publisherOf, type Stage } from "./stage.js";

/** The simulator has no clock; every rehearsal happens at this moment. */
export const rehearsalTime = "2026-01-01T12:00:00Z";

export interface Publication {
  readonly contract: Pick<Contract, "service" | "account" | "source" | "detailType">;
  readonly detail: JsonObject;
  /** Default: a role of the owner that carries the service's publisher policy. */
  readonly caller?: CallerData;
  /** Default: the world of the stage. */
  readonly world?: World;
}

/** Puts one event of a contract on the global bus, as its owner does. */
export function publish(stage: Stage, publication: Publication, telling: Telling = "proof"): Delivery {
  const { contract, detail, caller = publisherOf(stage, contract), world = stage.world } = publication;
  return deliverEvents(
    world,
    {
      caller,
      region: stage.environment.region,
      time: rehearsalTime,
      entries: [
        {
          id: `rehearsal-${contract.service}-${contract.detailType}`,
          entry: {
            Source: contract.source,
            DetailType: contract.detailType,
            Detail: JSON.stringify(detail),
            EventBusName: stage.globalBusFor(contract.account),
          },
        },
      ],
    },
    telling,
  );
}
