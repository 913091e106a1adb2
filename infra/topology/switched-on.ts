import { planAlarms, type Watched } from "./alarms.js";
import { planArchive } from "./archive.js";
import { planAuditTrail } from "./audit-trail.js";
import { planBusLog } from "./bus-logging.js";
import { encryptionFailures, planEncryption } from "./encryption.js";
import type { SwitchedOn } from "./plan.js";
import type { Scope } from "./scope.js";

/** Plans whatever the environment's switches add to an account. */
export function planSwitchedOn(scope: Scope, account: string, watched: Watched): SwitchedOn {
  const archive = planArchive(scope, account);
  const busLog = planBusLog(scope, account);
  const auditTrail = planAuditTrail(scope, account);
  const failures = encryptionFailures(scope, account);
  const alarms = planAlarms(scope, account, watched, failures, auditTrail);
  const encryption = planEncryption(
    scope,
    account,
    { log: watched.log, archive, busLog, auditTrail },
    failures,
  );
  return {
    ...(archive === undefined ? {} : { archive }),
    ...(busLog === undefined ? {} : { busLog }),
    ...(alarms === undefined ? {} : { alarms }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(auditTrail === undefined ? {} : { auditTrail }),
  };
}
