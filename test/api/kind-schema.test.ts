import { expect, it } from 'vitest'
import { kindSchema } from '../../src/index.js'

it('tells a manifest that can be decoded from one that cannot', () => {
  const schema = kindSchema('apps/v1', 'Deployment')
  expect(schema.safeParse({ metadata: { name: 'web' }, spec: { replicas: 3 } }).success).toBe(true)
  expect(schema.safeParse({ metadata: { name: 'web' }, spec: { replicas: 'three' } }).success).toBe(false)
})

it('knows what each minor serves', () => {
  expect(() => kindSchema('policy/v1', 'PodDisruptionBudget', 'v1.14')).toThrow(
    'Kubernetes v1.14 serves no PodDisruptionBudget in policy/v1',
  )
  expect(
    kindSchema('policy/v1beta1', 'PodDisruptionBudget', 'v1.14').safeParse({ spec: { minAvailable: '50%' } })
      .success,
  ).toBe(true)
})
