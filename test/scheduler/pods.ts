import { partial } from '../support/typed.js'
import type { Node, Pod } from '../../src/api/core/generated.js'
import type { ObjectInput } from '../../src/api/kind/input.js'

/**
 * A pod from a spec; what a spec leaves out is as the apiserver would default it where the scheduler cares.
 */
export function pod(name: string, spec: ObjectInput<Pod['spec']> = {}, rest: ObjectInput<Pod> = {}): Pod {
  const { metadata, ...others } = rest
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...metadata },
    spec: { schedulerName: 'default-scheduler', containers: [{ name: 'app', resources: {} }], ...spec },
    status: {},
    ...others,
  } as Pod
}

/** A pod with one container that requests cpu and memory. */
export function requesting(
  name: string,
  cpu: string,
  memory = '64Mi',
  spec: ObjectInput<Pod['spec']> = {},
): Pod {
  return pod(name, { containers: [{ name: 'app', resources: { requests: { cpu, memory } } }], ...spec })
}

/** A node of 4 cpus, 32Gi and 110 pods, the default node of scheduler_perf. */
export function node(
  name: string,
  rest: {
    readonly labels?: Record<string, string>
    readonly spec?: object
    readonly allocatable?: object
  } = {},
): Node {
  return partial<Node>({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name, ...rest.labels } },
    spec: { ...rest.spec },
    status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110', ...rest.allocatable } },
  })
}
