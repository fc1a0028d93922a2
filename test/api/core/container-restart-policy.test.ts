import { expect, test } from 'vitest'
import { SimCluster } from '../../../src/index.js'

const rule = { action: 'Restart', exitCodes: { operator: 'In', values: [42] } }
const manifest = (container: object, list = 'containers'): Readonly<Record<string, unknown>> => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: {
    restartPolicy: 'Never',
    containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1h'] }],
    [list]: [{ name: 'x', image: 'busybox', ...container }],
  },
})
const cluster = new SimCluster({ nodes: 1 }).settle()
const faultOf = (container: object, list?: string): string =>
  cluster
    .fork()
    .kubectl('apply -f -', { stdin: JSON.stringify(manifest(container, list)) })
    .stderr.replace('The Pod "p" is invalid: ', '')
    .trim()

test('a container may have a restart policy of its own, with rules for exit codes', () => {
  expect(faultOf({ restartPolicy: 'Never', restartPolicyRules: [rule] })).toBe('')
  expect(faultOf({ restartPolicy: 'OnFailure' })).toBe('')
  expect(faultOf({ restartPolicy: 'Never', restartPolicyRules: [rule] }, 'initContainers')).toBe('')
})

// texts as a real server says them
test.each([
  [
    { restartPolicyRules: [rule] },
    'spec.containers[0].restartPolicy: Required value: must specify restartPolicy when restart rules are ' +
      'used',
  ],
  [
    { restartPolicy: 'Sometimes' },
    'spec.containers[0].restartPolicy: Unsupported value: "Sometimes": supported values: "Always", ' +
      '"Never", "OnFailure"',
  ],
  [
    { restartPolicy: 'Never', restartPolicyRules: [{ ...rule, action: 'DoNotRestart' }] },
    'spec.containers[0].restartPolicyRules[0].action: Unsupported value: "DoNotRestart": supported values: ' +
      '"Restart"',
  ],
  [
    {
      restartPolicy: 'Never',
      restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'Equals' } }],
    },
    'spec.containers[0].restartPolicyRules[0].exitCodes.operator: Unsupported value: "Equals": supported ' +
      'values: "In", "NotIn"',
  ],
  [
    { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Restart' }] },
    'spec.containers[0].restartPolicyRules[0].exitCodes: Required value: must be specified',
  ],
  [
    { restartPolicy: 'Never', restartPolicyRules: Array.from({ length: 21 }, () => rule) },
    'spec.containers[0].restartPolicyRules: Too many: 21: must have at most 20 items',
  ],
])('%o', (container, fault) => {
  expect(faultOf(container)).toBe(fault)
})

test('a container that exits as a rule says starts again, in a pod that never restarts', () => {
  const own = cluster.fork()
  const command = ['sh', '-c', 'if [ -f /data/seen ]; then exit 7; fi; touch /data/seen; exit 42']
  const volumeMounts = [{ name: 'data', mountPath: '/data' }]
  own.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      restartPolicy: 'Never',
      volumes: [{ name: 'data', emptyDir: {} }],
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command,
          volumeMounts,
          restartPolicy: 'Never',
          restartPolicyRules: [rule],
        },
      ],
    },
  })
  own.advance('1m')
  const { phase, containerStatuses } = own.get('pods', 'p').status
  expect({ phase, restarts: containerStatuses?.[0]?.restartCount }).toEqual({ phase: 'Failed', restarts: 1 })
})
