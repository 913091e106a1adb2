import { partitionOf } from "eventbridge-simulator";
import type { Archives, Replay } from "../state/archives.js";
import type { Call } from "../wire/call.js";
import type { Input } from "../wire/input.js";
import type { Actions } from "./actions.js";

/** Archives and replays of EventBridge. */
export function archiveActions(archives: Archives): Actions {
  const replayOf = (input: Input, call: Call) => arnOf(call, `replay/${input.text("ReplayName")}`);
  return {
    DescribeArchive: (input, call) => {
      const name = input.text("ArchiveName");
      const archive = archives.existing(arnOf(call, `archive/${name}`));
      const { arn, busArn, state = "ENABLED", stateReason, retentionDays = 0 } = archive;
      const { eventCount = 0, createdAt = 0 } = archive;
      return {
        ArchiveArn: arn,
        ArchiveName: name,
        EventSourceArn: busArn,
        State: state,
        StateReason: stateReason,
        RetentionDays: retentionDays,
        EventCount: eventCount,
        CreationTime: createdAt / 1_000,
      };
    },
    StartReplay: (input, call) => {
      const destination = input.item("Destination");
      const replay = archives.start({
        arn: replayOf(input, call),
        archiveArn: input.text("EventSourceArn"),
        busArn: destination.text("Arn"),
        ruleArns: destination.texts("FilterArns"),
        from: input.number("EventStartTime") * 1_000,
        until: input.number("EventEndTime") * 1_000,
      });
      return { ReplayArn: replay.arn, State: replay.state, ReplayStartTime: replay.startedAt / 1_000 };
    },
    DescribeReplay: (input, call) => {
      const replay = archives.look(replayOf(input, call));
      return {
        ReplayArn: replay.arn,
        Destination: { Arn: replay.busArn, FilterArns: replay.ruleArns },
        ...replayAnswer(replay),
      };
    },
    CancelReplay: (input, call) => {
      const replay = archives.cancel(replayOf(input, call));
      return { ReplayArn: replay.arn, State: replay.state };
    },
    ListReplays: (input, call) => ({
      Replays: archives
        .list(`${call.region}:${call.caller.accountId}`, input.optionalText("EventSourceArn"))
        .map(replayAnswer),
    }),
  };
}

function arnOf({ region, caller }: Call, resource: string): string {
  return `arn:${partitionOf(region)}:events:${region}:${caller.accountId}:${resource}`;
}

function replayAnswer({ arn, archiveArn, state, startedAt, reached, from, until }: Replay) {
  return {
    ReplayName: arn.slice(arn.lastIndexOf("/") + 1),
    EventSourceArn: archiveArn,
    State: state,
    EventStartTime: from / 1_000,
    EventEndTime: until / 1_000,
    ReplayStartTime: startedAt / 1_000,
    ...(reached === undefined ? {} : { EventLastReplayedTime: reached / 1_000 }),
  };
}
