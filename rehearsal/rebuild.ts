import { buildWorld, renderWorldProblem, type World, type WorldData } from "eventbridge-simulator";

/** A world that a proof has changed on purpose. It comes from a valid one, so a problem in it is a bug. */
export function rebuild(data: WorldData): World {
  const reading = buildWorld(data);
  if (!reading.ok) throw new Error(reading.problems.map(renderWorldProblem).join("\n"));
  return reading.world;
}
