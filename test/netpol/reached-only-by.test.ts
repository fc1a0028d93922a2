import { describe, expect, test } from 'vitest'
import { formatProof, checkReachedOnlyBy } from '../../src/netpol/index.js'

const policy = (name: string, ingress: string): string => `
  apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: ${name}, namespace: shop}
  spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: ${ingress}}`
const fromFrontend = policy(
  'db',
  '[{from: [{podSelector: {matchLabels: {app: frontend}}}], ports: [{port: 5432}]}]',
)
const claim = {
  namespace: 'shop',
  podSelector: { matchLabels: { app: 'db' } },
  from: [{ podSelector: { matchLabels: { app: 'frontend' } } }],
}

describe('the claim that only some pods reach others', () => {
  test('holds in every cluster where the policies allow nothing more', () => {
    expect(checkReachedOnlyBy(fromFrontend, claim)).toEqual({ holds: true })
    expect(checkReachedOnlyBy(fromFrontend, { ...claim, ports: [{ port: 5432 }] }).holds).toBe(true)
  })

  test('is refuted by a simplest connection that a second policy opens', () => {
    const verdict = checkReachedOnlyBy(
      `${fromFrontend}\n---${policy('debug', '[{from: [{namespaceSelector: {}}]}]')}`,
      claim,
    )
    expect(verdict.holds).toBe(false)
    expect(verdict.counterExample?.b.allowed).toBe(false)
    expect(verdict.counterExample && formatProof(verdict.counterExample.a)).toContain('debug')
  })

  test('is refuted where the policies select other pods, allow other ports, or are none', () => {
    expect(checkReachedOnlyBy(fromFrontend, { ...claim, podSelector: {} }).holds).toBe(false)
    expect(checkReachedOnlyBy(fromFrontend, { ...claim, ports: [{ port: 80 }] }).holds).toBe(false)
    expect(checkReachedOnlyBy(fromFrontend, { ...claim, from: [] }).holds).toBe(false)
    expect(checkReachedOnlyBy([], claim).holds).toBe(false)
    expect(checkReachedOnlyBy(policy('none', '[]'), { ...claim, from: [] }).holds).toBe(true)
  })
})
