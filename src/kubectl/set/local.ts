import type { KubeObject } from '../../api/definition.js'
import { withContainers, withPodSpec } from '../pod-spec.js'
import type { Info } from '../resource-args.js'

/** Fields of a kind that Go writes although they are empty. */
const ALWAYS: Readonly<Record<string, { readonly spec?: object; readonly status: object }>> = {
  Pod: { status: {} },
  Job: { status: {} },
  CronJob: { status: {} },
  Deployment: { spec: { strategy: {} }, status: {} },
  StatefulSet: { spec: { updateStrategy: {} }, status: { availableReplicas: 0, replicas: 0 } },
  ReplicaSet: { status: { replicas: 0 } },
  DaemonSet: {
    spec: { updateStrategy: {} },
    status: { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 },
  },
}

/** An object of a file as Go's types write it once they have read it (`set --local -o yaml`). */
export function asGoWrites(info: Info, object: KubeObject): KubeObject {
  const always = Object.hasOwn(ALWAYS, info.definition.kind) ? ALWAYS[info.definition.kind] : undefined
  if (always === undefined) return object
  const filled = withPodSpec({ ...info, object }, (spec) =>
    withContainers(spec, (one) => ({ ...one, resources: one.resources ?? {} })),
  )
  const { spec = {}, status = {} } = filled as { readonly spec?: object; readonly status?: object }
  return {
    ...filled,
    spec: { ...always.spec, ...spec },
    status: { ...always.status, ...status },
  } as KubeObject
}
