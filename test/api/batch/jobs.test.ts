import { describe, expect, it } from 'vitest'
import type { Job } from '../../../src/api/batch/generated.js'
import { firstCommonIndex, parseIndexes } from '../../../src/api/batch/index-ranges.js'
import { fieldErrorText } from '../../../src/api/field-error.js'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { isApiError } from '../../../src/client/api-error.js'
import { harness, type Harness } from '../../apiserver/harness.js'
import { jobDefinition } from '../../../src/api/batch/job.js'

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'i' }] } } as const

function create({ client }: Harness, spec: object, metadata: object = { name: 'j' }): Job {
  return client.create('jobs', {
    metadata: { namespace: 'default', ...metadata },
    spec: { template, ...spec },
  } as unknown as Job) // cases send invalid fields
}

/** The faults of a write, without their values. */
function faults(write: () => unknown): readonly string[] {
  try {
    write()
    return []
  } catch (error) {
    if (!isApiError(error, 'Invalid')) throw error
    return (error.status.details?.causes ?? []).map(
      ({ field, message = '' }) =>
        `${field}: ${message.replace(/^(Invalid value): (?:\{.*\}|\[.*\]|"[^"]*"|-?\d+): /s, '$1: ')}`,
    )
  }
}

const patch = ({ client }: Harness, body: object): unknown =>
  client.patch('jobs', { name: 'j', namespace: 'default' }, { type: 'merge', body })

describe('jobs', () => {
  it('a generated name is in the labels that select its pods', () => {
    const { metadata, spec } = create(harness(), {}, { generateName: 'j-' })
    expect(metadata.name).toMatch(/^j-[a-z0-9]{5}$/)
    expect(spec.template.metadata?.labels).toMatchObject({
      'job-name': metadata.name,
      'batch.kubernetes.io/job-name': metadata.name,
    })
    expect(spec.selector?.matchLabels).toEqual({ 'batch.kubernetes.io/controller-uid': metadata.uid })
  })

  it('labels of the template that say otherwise are refused', () => {
    const lab = harness()
    expect(
      faults(() => create(lab, { template: { ...template, metadata: { labels: { 'job-name': 'other' } } } })),
    ).toEqual(["spec.template.metadata.labels[job-name]: Invalid value: must be 'j'"])
  })

  it('a suspended job that has never started may move, another may not', () => {
    const lab = harness()
    create(lab, { suspend: true })
    const moved = { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }
    expect(faults(() => patch(lab, moved))).toEqual([])
    expect(faults(() => patch(lab, { spec: { template: { spec: { dnsPolicy: 'Default' } } } }))).toEqual([
      'spec.template: Invalid value: field is immutable',
    ])
    patch(lab, { spec: { suspend: false } })
    expect(faults(() => patch(lab, { spec: { template: { spec: { nodeSelector: { a: 'c' } } } } }))).toEqual([
      'spec.template: Invalid value: field is immutable',
    ])
  })

  it('an indexed job grows in both numbers at once', () => {
    const lab = harness()
    create(lab, { completionMode: 'Indexed', completions: 2, parallelism: 2 })
    expect(faults(() => patch(lab, { spec: { completions: 3 } }))).toEqual([
      'spec.completions: Invalid value: can only be modified in tandem with spec.parallelism',
    ])
    expect(faults(() => patch(lab, { spec: { completions: 3, parallelism: 3 } }))).toEqual([])
  })

  it.each<[object, readonly string[]]>([
    [
      { successPolicy: { rules: [] } },
      ['spec.successPolicy: Invalid value: requires indexed completion mode'],
    ],
    [
      { completionMode: 'Indexed', parallelism: 2 },
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      {
        completionMode: 'Indexed',
        completions: 3,
        successPolicy: { rules: [{ succeededIndexes: '0,2-1', succeededCount: 4 }, {}] },
      },
      [
        'spec.successPolicy.rules[0].succeededIndexes: Invalid value: error parsing succeededIndexes: ' +
          'non-increasing order, previous: 2, current: 1',
        'spec.successPolicy.rules[0].succeededCount: Invalid value: must be less than or equal to 3 ' +
          '(the number of specified completions)',
        'spec.successPolicy.rules[0].succeededCount: Invalid value: must be less than or equal to 0 ' +
          '(the number of indexes in the specified succeededIndexes field)',
        'spec.successPolicy.rules[1]: Required value: at least one of succeededCount or ' +
          'succeededIndexes must be specified',
      ],
    ],
    [
      {
        podFailurePolicy: {
          rules: [
            {
              action: 'FailIndex',
              onExitCodes: { operator: 'In', values: [2, 1, 1, 0], containerName: 'z' },
            },
          ],
        },
      },
      [
        'spec.podFailurePolicy.rules[0].action: Invalid value: requires the backoffLimitPerIndex to be set',
        'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: must be one of the ' +
          'container or initContainer names in the pod template',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[2]: Duplicate value: 1',
        'spec.podFailurePolicy.rules[0].onExitCodes.values[3]: Invalid value: must not be 0 for the ' +
          'In operator',
        'spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: must be ordered',
      ],
    ],
    [
      { maxFailedIndexes: 1 },
      [
        'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
        'spec.maxFailedIndexes: Invalid value: requires indexed completion mode',
      ],
    ],
  ])('%j is refused', (spec, expected) => expect(faults(() => create(harness(), spec))).toEqual(expected))

  it.each<[object, object, readonly string[]]>([
    [{}, { active: -1 }, ['status.active: Invalid value: -1: must be greater than or equal to 0']],
    [
      {},
      { conditions: [{ type: 'Complete', status: 'True' }] },
      [
        'status.conditions: Invalid value: cannot set Complete=True condition without the ' +
          'SuccessCriteriaMet=true condition',
        'status.completionTime: Required value: completionTime is required for Complete jobs',
        'status.startTime: Required value: startTime is required for finished job',
      ],
    ],
    [{ failed: 2 }, { failed: 1 }, ['status.failed: Invalid value: 1: cannot decrease the failed counter']],
    [
      { startTime: '2026-01-01T00:00:00Z' },
      {},
      ['status.startTime: Required value: startTime cannot be removed for unsuspended job'],
    ],
    [
      {},
      { completedIndexes: '0' },
      [
        'status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when ' +
          'non-indexed completion mode',
      ],
    ],
    [{}, { ready: 1 }, ['status.ready: Invalid value: 1: cannot set more ready pods than active']],
  ])('status %j -> %j', (before, after, expected) => {
    const job = (status: object): Job =>
      // cases have invalid statuses
      ({ metadata: { name: 'j' }, spec: { template, completions: 1 }, status }) as unknown as Job
    expect(
      jobDefinition.strategy.validateStatusUpdate?.(job(after), job(before)).map(fieldErrorText),
    ).toEqual(expected)
  })

  it('a deletion that names no propagation warns and orphans', () => {
    const { server, client } = harness()
    client.create('jobs', { metadata: { name: 'j', namespace: 'default' }, spec: { template } })
    const response = server.handle({
      verb: 'delete',
      resource: 'jobs',
      group: 'batch',
      version: 'v1',
      namespace: 'default',
      name: 'j',
      options: {},
      userAgent: 'test',
      user: { name: 'admin', groups: ['system:masters'] },
    })
    expect(response.warnings).toEqual([expect.stringMatching(/^child pods are preserved by default/)])
    expect(
      (client.get('jobs', { name: 'j', namespace: 'default' }) as KubeObject).metadata.finalizers,
    ).toEqual(['orphan'])
  })
})

describe('index ranges', () => {
  it.each([
    [
      '0,2-4,7',
      10,
      [
        [0, 0],
        [2, 4],
        [7, 7],
      ],
    ],
    ['', 1, []],
  ])('%s', (text, completions, expected) => expect(parseIndexes(text, completions)).toEqual(expected))

  it('meet where both have an index', () => {
    expect(
      firstCommonIndex(
        [
          [0, 3],
          [8, 9],
        ],
        [[4, 8]],
      ),
    ).toBe(8)
    expect(firstCommonIndex([[0, 3]], [[4, 8]])).toBeUndefined()
  })
})
