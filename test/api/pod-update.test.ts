import { describe, expect, it } from 'vitest'
import { coreSchema, type Pod } from '../../src/api/core/generated.js'
import { podDefinition } from '../../src/api/core/pod.js'
import { aggregateText } from '../../src/api/field-error.js'
import { decode } from '../../src/api/schema/decode.js'
import { deepFreeze } from '../../src/api/schema/freeze.js'
import { fixture } from './support.js'

/** A patch of a pod's spec that a real v1.34 took or refused. */
interface Row {
  readonly id: string
  readonly old: Pod
  readonly patch: { readonly spec?: Readonly<Record<string, unknown>> }
  readonly code: number
  readonly message: string
}

/** Removed tolerations come back by admission. */
const needsAdmission = ['err-pod-update-add-toleration-ok-then-remove']

/** Enough of a strategic merge for these patches: containers by name, all else replaced. */
function patched({ old, patch }: Row): unknown {
  const { spec = {} } = patch
  const given = (spec['containers'] ?? []) as readonly { readonly name: string }[]
  const known = old.spec.containers.map((container) => ({
    ...container,
    ...given.find(({ name }) => name === container.name),
  }))
  const added = given.filter(({ name }) => !old.spec.containers.some((container) => container.name === name))
  return { ...old, spec: { ...old.spec, ...spec, containers: [...known, ...added] } }
}

/** Recorded times are placeholders. */
const timed = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('<time>', '2026-01-02T03:04:05Z'))

describe('pod updates are taken or refused as by a real v1.34 apiserver, spec diff included', () => {
  const rows = fixture<Row>('pod-updates.json').filter(({ id }) => !needsAdmission.includes(id))
  const message = coreSchema.message('Pod')

  it.each(rows.map((row) => [row.id, row] as const))('%s', (_, row) => {
    const old = deepFreeze(decode<Pod>(message, timed(row.old)).object)
    const next = decode<Pod>(message, timed(patched(row))).object
    podDefinition.setDefaults?.(next as Parameters<NonNullable<typeof podDefinition.setDefaults>>[0])
    const errors = podDefinition.validateUpdate?.(next, old) ?? []
    expect(errors.length === 0 ? '' : `Pod "p" is invalid: ${aggregateText(errors)}`).toBe(row.message)
  })
})
