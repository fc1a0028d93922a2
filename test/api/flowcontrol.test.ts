import { describe, expect, it } from 'vitest'
import { defaultFlowControl } from '../../src/api/flowcontrol/default-objects.js'
import type { KubeObject } from '../../src/api/kind/definition.js'
import { fieldErrorText } from '../../src/api/field-error.js'
import { decode } from '../../src/api/schema/decode.js'
import type { Draft } from '../../src/api/kind/draft.js'
import { scheme } from './support.js'

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1'

/** An object as the server reads it, and what is wrong with it. */
function read(
  kind: string,
  name: string,
  spec: object,
): { readonly object: KubeObject; readonly faults: readonly string[] } {
  const definition = scheme.ofObject(apiVersion, kind)
  if (definition === undefined) throw new Error(`no ${kind}`)
  const { object } = decode<Draft<KubeObject>>(scheme.messageOf(definition), {
    apiVersion,
    kind,
    metadata: { name },
    spec,
  })
  definition.setDefaults?.(object)
  return {
    object: object as KubeObject,
    faults: (definition.validate?.(object as KubeObject) ?? []).map(fieldErrorText),
  }
}

describe('flow control', () => {
  it('the default objects are valid and have all defaults', () => {
    const objects = defaultFlowControl(0)
    expect(objects).toHaveLength(19)
    for (const { kind = '', metadata, spec } of objects as readonly (KubeObject & {
      readonly spec: object
    })[]) {
      const { object, faults } = read(kind, metadata.name ?? '', spec)
      expect(faults).toEqual([])
      expect((object as KubeObject & { readonly spec: object }).spec).toEqual(spec)
    }
    expect(defaultFlowControl(0)).toBe(objects)
  })

  it('defaults of levels and schemas', () => {
    expect(
      read('PriorityLevelConfiguration', 'x', {
        type: 'Limited',
        limited: { limitResponse: { type: 'Queue', queuing: {} } },
      }).object,
    ).toMatchObject({
      spec: {
        limited: {
          nominalConcurrencyShares: 30,
          lendablePercent: 0,
          limitResponse: { queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
        },
      },
    })
    expect(read('FlowSchema', 'x', { priorityLevelConfiguration: { name: 'p' } }).object).toMatchObject({
      spec: { matchingPrecedence: 1000 },
    })
  })

  it.each<[string, object, readonly string[]]>([
    [
      'PriorityLevelConfiguration',
      { type: 'Limited' },
      ['spec.limited: Required value: must not be empty when type is Limited'],
    ],
    [
      'PriorityLevelConfiguration',
      { type: 'Exempt' },
      ["spec.type: Invalid value: \"Exempt\": type must be 'Exempt' if and only if name is 'exempt'"],
    ],
    [
      'PriorityLevelConfiguration',
      { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: { queues: 4, handSize: 5 } } } },
      [
        'spec.limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than ' +
          'queues (4)',
      ],
    ],
    [
      'FlowSchema',
      { priorityLevelConfiguration: { name: 'p' }, matchingPrecedence: 1 },
      [
        "spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have " +
          'matchingPrecedence 1',
      ],
    ],
    [
      'FlowSchema',
      {
        priorityLevelConfiguration: { name: 'p' },
        rules: [
          { subjects: [{ kind: 'User' }], nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['x'] }] },
        ],
      },
      [
        "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
        'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "x": must start with slash',
      ],
    ],
  ])('%s %j', (kind, spec, expected) => expect(read(kind, 'x', spec).faults).toEqual(expected))
})
