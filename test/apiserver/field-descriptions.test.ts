import { expect, test } from 'vitest'
import { SimCluster } from '../../src/index.js'

interface Definition {
  readonly properties?: Readonly<Record<string, { readonly description?: string }>>
}

test.each(['v1.13', 'v1.16', 'v1.20', 'v1.25', 'v1.30', 'v1.34', 'v1.35', 'v1.36'])(
  'every field that %s serves has a description',
  (version) => {
    const { definitions } = JSON.parse(
      new SimCluster({ version }).kubectl('get --raw /openapi/v2').stdout,
    ) as { readonly definitions: Readonly<Record<string, Definition>> }
    const without = Object.entries(definitions).flatMap(([name, { properties = {} }]) =>
      Object.entries(properties).flatMap(([field, { description = '' }]) =>
        description === '' ? [`${name}.${field}`] : [],
      ),
    )
    expect(Object.keys(definitions).length).toBeGreaterThan(300)
    expect(without).toEqual([])
  },
)

test('kubectl explain has a description for each field of each kind, however deep', () => {
  const cluster = new SimCluster()
  const said = (path: string): string => cluster.kubectl(`explain ${path}`).stdout
  expect(said('resourceslice.spec.devices')).toContain('Name of the device, unique in its pool.')
  expect(said('resourceclaim.spec.devices.requests.firstAvailable.tolerations')).toContain('Exists or Equal')
  expect(said('crd.spec.versions.schema.openAPIV3Schema')).toContain('The only values that are allowed.')
  expect(said('ingress.spec.rules')).toContain('Rules by path.')
  for (const path of [
    'pv.spec.scaleIO',
    'pod.spec.volumes.quobyte',
    'deviceclass.spec',
    'node.status.config',
  ])
    expect(said(path)).not.toContain('<no description>')
})

test('a type that is like another has its texts, and those of fields that only that one has', () => {
  const cluster = new SimCluster()
  const said = (path: string): string => cluster.kubectl(`explain ${path}`).stdout
  expect(said('pod.spec.ephemeralContainers.livenessProbe')).toContain('Check whose failure restarts')
  expect(said('mutatingwebhookconfiguration.webhooks.timeoutSeconds')).toContain('Default: 10')
})
