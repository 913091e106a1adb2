import { partitionOf } from "eventbridge-simulator";
import { Insights } from "../state/insights.js";
import type { LogGroup, Logs } from "../state/logs.js";
import type { Call } from "../wire/call.js";
import type { Input } from "../wire/input.js";
import type { Actions } from "./actions.js";

/** CloudWatch Logs, as far as event logs are searched. Times are in milliseconds, but those of StartQuery. */
export function logsActions(logs: Logs): Actions {
  const insights = new Insights(logs);
  return {
    FilterLogEvents: (input, call) => {
      const group = groupOf(logs, input, call);
      const [pattern, from, until, limit, token] = [
        input.optionalText("filterPattern"),
        input.optionalNumber("startTime"),
        input.optionalNumber("endTime"),
        input.optionalNumber("limit"),
        input.optionalText("nextToken"),
      ];
      const { records, nextToken } = group.filter({
        ...(pattern === undefined ? {} : { pattern }),
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
        ...(limit === undefined ? {} : { limit }),
        ...(token === undefined ? {} : { token }),
      });
      return {
        events: records.map((record) => ({ ...record, logStreamName: "events" })),
        searchedLogStreams: [],
        nextToken,
      };
    },
    StartQuery: (input, call) => ({
      queryId: insights.start(groupOf(logs, input, call), {
        query: input.text("queryString"),
        from: input.number("startTime") * 1_000,
        until: input.number("endTime") * 1_000 + 999,
      }),
    }),
    GetQueryResults: (input) => {
      const { status, rows } = insights.results(input.text("queryId"));
      return {
        status,
        results: rows.map((row) => Object.entries(row).map(([field, value]) => ({ field, value }))),
      };
    },
    StopQuery: (input) => {
      insights.stop(input.text("queryId"));
      return { success: true };
    },
  };
}

/** A group by its ARN, or by its name in the caller's account. */
function groupOf(logs: Logs, input: Input, { region, caller }: Call): LogGroup {
  const arn = input.optionalText("logGroupIdentifier") ?? input.text("logGroupName");
  if (arn.startsWith("arn:")) return logs.existing(arn.replace(/:\*$/, ""));
  return logs.existing(`arn:${partitionOf(region)}:logs:${region}:${caller.accountId}:log-group:${arn}`);
}
