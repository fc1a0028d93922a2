import type { Node, NodeCondition, Pod, Taint } from '../../../src/api/core/generated.js'

/** 2026-01-01T00:00:00Z, where virtual time begins. */
export const T0: number = Date.UTC(2026, 0, 1)

/** A node with the fields that a test is about. */
export function node(fields: {
  readonly name?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly conditions?: readonly (Partial<NodeCondition> & {
    readonly type: string
    readonly status: string
  })[]
  readonly taints?: readonly Taint[]
  readonly unschedulable?: boolean
}): Node {
  const { name = 'n1', labels = {}, conditions = [], ...spec } = fields
  return {
    metadata: { name, uid: `uid-${name}`, labels, creationTimestamp: '2026-01-01T00:00:00Z' },
    spec,
    status: { conditions },
  } as Node
}

/** A pod with the fields that a test is about. */
export function pod(fields: {
  readonly metadata?: object
  readonly spec?: object
  readonly status?: object
}): Pod {
  const { metadata = {}, spec = {}, status = {} } = fields
  return { metadata: { name: 'p', namespace: 'default', uid: 'uid-p', ...metadata }, spec, status } as Pod
}
