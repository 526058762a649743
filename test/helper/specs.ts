/** Small valid descriptions of workloads and jobs; a test writes only what it is about. */
import type { JobSpec, WorkloadSpec } from '../../constructs/platform/platform.js';
import { Duration, Size } from '../../constructs/quantities.js';

const IMAGE = { reference: 'example/program:1', version: '1' };
export const RESOURCES = { memory: Size.mebibytes(64), cpu: 0.5, pids: 20 };

export function workload(name: string, more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return {
    name,
    image: IMAGE,
    user: { uid: 10001, gid: 10001 },
    resources: RESOURCES,
    listeners: [{ name: 'http', port: 8080 }],
    readiness: {
      command: ['/probe'],
      interval: Duration.seconds(2),
      timeout: Duration.seconds(1),
      failures: 3,
      startup: Duration.seconds(20),
    },
    replicas: 1,
    stop: { signal: 'SIGTERM', grace: Duration.seconds(5) },
    ...more,
  };
}

export function job(name: string, more: Partial<JobSpec> = {}): JobSpec {
  return {
    name,
    image: IMAGE,
    user: { uid: 10002, gid: 10002 },
    resources: RESOURCES,
    deadline: Duration.minutes(2),
    ...more,
  };
}
