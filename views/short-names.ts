import type { World } from "eventbridge-simulator";

/**
 * Names things by the end of their ARN, which is enough for people where no other thing of the world is called so.
 * What the world does not have, such as a target in a wrong account, keeps its ARN; so does a rule, whose end would
 * look like a bus with something behind it.
 * @param others ARNs of things that are there besides: policies, publishers
 */
export function shortNames(world: World, others: Iterable<string>): (arn: string) => string {
  const { buses, roles, logGroups, queues, topics, keys, functions, assumed } = world;
  const maps = [buses, roles, logGroups, queues, topics, keys, functions, assumed];
  const things = maps.flatMap((map) => [...map.keys()]);
  const owners = new Map<string, Set<string>>();
  for (const arn of [...things, ...others]) {
    const owner = owners.get(nameIn(arn));
    if (owner === undefined) owners.set(nameIn(arn), new Set([arn]));
    else owner.add(arn);
  }
  return (arn) => {
    const owner = owners.get(nameIn(arn));
    return owner?.size === 1 && owner.has(arn) ? withoutKind(nameIn(arn)) : arn;
  };
}

const front = /^arn:[\w-]+:(events|firehose|iam|kinesis|kms|lambda|logs|sns|sqs|states):[\w-]*:\d{12}:/;

/** What is left of an ARN without partition, Region and account: with the service and the kind of thing. */
function nameIn(arn: string): string {
  return arn.replace(front, "$1:");
}

function withoutKind(name: string): string {
  return name.replace(
    /^\w+:(?:event-bus\/|role\/|policy\/|log-group:|function:|stateMachine:|stream\/|deliverystream\/)?/,
    "",
  );
}
