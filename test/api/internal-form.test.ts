import { describe, expect, it } from 'vitest'
import { internalDiff } from '../../src/api/kind/internal-diff.js'
import { internalForm } from '../../src/api/kind/internal-form.js'
import { groupedOpCodes } from '../../src/lang/text/sequence-matcher.js'

describe('values in the internal form', () => {
  it('have every field, by the names and in the order of the struct', () => {
    expect(JSON.stringify(internalForm('core.v1.Toleration', { value: 'v', key: 'k' }))).toBe(
      '{"Key":"k","Operator":"","Value":"v","Effect":"","TolerationSeconds":null}',
    )
  })

  it('have the flags of the host in the security context of a pod', () => {
    const { SecurityContext, HostNetwork } = internalForm('core.v1.PodSpec', {
      containers: [],
      hostNetwork: true,
    }) as { SecurityContext: Readonly<Record<string, unknown>>; HostNetwork?: unknown }
    expect(SecurityContext).toMatchObject({ HostNetwork: true, HostPID: false, RunAsUser: null })
    expect(HostNetwork).toBeUndefined()
  })

  it('show as a unified diff what changed', () => {
    const old = { key: 'k', operator: 'Exists' }
    const diff = internalDiff('core.v1.Toleration', old, { ...old, operator: 'Equal' })
    expect(diff).toContain('- "Operator": "Exists",')
    expect(diff).toContain('+ "Operator": "Equal",')
  })
})

it('groups of operations have three lines of context, as difflib has', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`)
  const changed = lines.with(10, 'other')
  expect(groupedOpCodes(lines, changed, 3)).toMatchObject([
    [{ tag: 'equal' }, { tag: 'replace' }, { tag: 'equal' }],
  ])
})
