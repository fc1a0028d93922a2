import { SimCluster } from 'simcluster'
import { expect, test } from 'vitest'

interface Definition {
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly $ref?: string }>>
}

/** Types that people seldom write, and volumes that nobody serves any more. */
const LEFT_OUT = [
  /^core\.v1\.(?:Component|ConfigMapNode|ContainerExtended|FileKey|NodeConfig|PodExtended|ResourceClaim)/,
  /^core\.v1\.(?:Photon|Quobyte|ScaleIO|StorageOS)/,
  /^resource\.|JSONSchemaProps|ExternalDocumentation/,
]

test('kubectl explain describes the fields of all groups that people write', () => {
  const { definitions } = JSON.parse(new SimCluster().kubectl('get --raw /openapi/v2').stdout) as {
    readonly definitions: Readonly<Record<string, Definition>>
  }
  const without = Object.entries(definitions).flatMap(([name, { properties = {} }]) => {
    const [, type = ''] =
      /^io\.k8s\.(?:api|kube-aggregator\.pkg\.apis|apiextensions-apiserver\.pkg\.apis)\.(.+)$/.exec(name) ??
      []
    if (type === '' || LEFT_OUT.some((types) => types.test(type))) return []
    return Object.entries(properties).flatMap(([field, { description = '', $ref }]) =>
      description === '' && $ref === undefined ? [`${type}.${field}`] : [],
    )
  })
  expect(without).toEqual([])
})

test('a type that is like another has its texts, and those of fields that only that one has', () => {
  const cluster = new SimCluster()
  const said = (path: string): string => cluster.kubectl(`explain ${path}`).stdout
  expect(said('pod.spec.ephemeralContainers.livenessProbe')).toContain('Check whose failure restarts')
  expect(said('mutatingwebhookconfiguration.webhooks.timeoutSeconds')).toContain('Default: 10')
})
