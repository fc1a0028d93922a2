import { admissionWebhook, SimCluster } from 'simcluster'
import { expect, test } from 'vitest'
import { badInput } from '../../support/typed.js'

const misspelt = (value: object): never => badInput<never>(value)

test('a handler of an image that returns an unknown key is an error, not a process that goes on', () => {
  const behavior = { start: () => misspelt({ exitcode: 1 }) }
  const cluster = new SimCluster({ nodes: 1, images: { app: { name: 'app', behavior } } })
  cluster.kubectl('run app --image=app')
  expect(() => cluster.settle()).toThrow('unknown option exitcode (did you mean exitCode?)')
})

test('a webhook that returns an unknown key fails its call, and says which', () => {
  const guard = admissionWebhook(() => misspelt({ alowed: true }))
  const cluster = new SimCluster({ nodes: 1, webhooks: { 'https://guard.example.com': guard } })
  cluster.apply(`
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingWebhookConfiguration
    metadata: {name: guard}
    webhooks:
      - name: guard.example.com
        admissionReviewVersions: [v1]
        sideEffects: None
        clientConfig: {url: https://guard.example.com}
        rules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [configmaps]}]`)
  expect(() => cluster.create('configmaps', { metadata: { name: 'a' } })).toThrow('did you mean allowed?')
})

test('webhooks of authentication and authorization that return an unknown key throw', () => {
  const authentication = { webhook: () => misspelt({ autenticated: true }) }
  const asked = new SimCluster({ nodes: 1, access: { authentication } })
  const headers = { authorization: 'Bearer x' }
  expect(() => asked.http.identify({ headers })).toThrow('did you mean authenticated?')
  const authorization = [{ type: 'Webhook' as const, review: () => misspelt({ alowed: true }) }]
  expect(() => new SimCluster({ nodes: 1, access: { authorization } }).can('jane', 'list', 'pods')).toThrow(
    'did you mean allowed?',
  )
})

test('profiles of the scheduler and timings of volumes refuse unknown keys', () => {
  const profiles = [misspelt({ schedulrName: 'x' })]
  expect(() => new SimCluster({ scheduler: { profiles } })).toThrow('schedulerName?')
  expect(() => new SimCluster({ storage: { timings: misspelt({ atach: 1 }) } })).toThrow('attach?')
})

test('arguments of a scheduler plugin that it does not have are refused', () => {
  const profiles =
    (args: object): (() => SimCluster) =>
    () =>
      new SimCluster({ scheduler: { profiles: [misspelt({ args })] } })
  expect(profiles({ NodeResourcesFit: { scoringStratgy: {} } })).toThrow(/scoringStrategy\?/)
  expect(profiles({ NodeResourcesFit: { scoringStrategy: { type: 'MostAlocated' } } })).toThrow(
    /'MostAllocated'\?/,
  )
  expect(profiles({ NodeResourcesFit: { scoringStrategy: { type: 'MostAllocated' } } })).not.toThrow()
  const args = { kind: 'NodeResourcesFitArgs', scoringStratgy: {} }
  const pluginConfig = [{ name: 'NodeResourcesFit', args }]
  expect(() => new SimCluster({ scheduler: { configuration: { profiles: [{ pluginConfig }] } } })).toThrow(
    /scoringStrategy\?/,
  )
})

test('behaviour for an image that cannot exist is refused', () => {
  expect(() => new SimCluster({ images: { 'Nginx:1': {} } })).toThrow(
    'images["Nginx:1"] is not a valid image name: invalid reference format: repository name',
  )
  // a definition has a name of its own
  expect(() => new SimCluster({ images: { MyShop: { name: 'shop:1' } } })).not.toThrow()
})
