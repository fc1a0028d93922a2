import { expect, test } from 'vitest'
import type { StatefulSetInput } from '../../../src/api/apps/inputs.js'
import type { HttpResponse } from '../../../src/client/http.js'
import { SimCluster } from '../../../src/cluster/sim-cluster.js'

const SET: StatefulSetInput = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    serviceName: 'web',
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [{ name: 'web', image: 'nginx' }],
        volumes: [
          { name: 'plain', emptyDir: {} },
          {
            name: 'scratch',
            ephemeral: {
              volumeClaimTemplate: {
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
              },
            },
          },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
  },
}

interface Set {
  readonly metadata: { readonly creationTimestamp?: string | null }
  readonly spec: {
    readonly template: {
      readonly metadata: object
      readonly spec: { readonly volumes: readonly { ephemeral?: { volumeClaimTemplate: object } }[] }
    }
    readonly volumeClaimTemplates: readonly { readonly metadata: object }[]
  }
}

const SETS = '/apis/apps/v1/namespaces/default/statefulsets'

type Ask = <T = Set>(path: string, body?: object, method?: string) => T

function served(version: string): Ask {
  const cluster = new SimCluster({ nodes: 0, version, access: { authorization: 'AlwaysAllow' } })
  cluster.create('statefulsets', SET)
  return <T>(path: string, body?: object, method = body === undefined ? 'GET' : 'POST') => {
    const headers = { 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = cluster.http.handle({ method, path, headers, ...sent }) as HttpResponse
    return JSON.parse(response.body) as T
  }
}

const review = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
}

test.each([
  ['v1.33', { creationTimestamp: null }],
  ['v1.34', {}],
])('%s writes a creationTimestamp that is not set as %j', (version, unset) => {
  const ask = served(version)
  const [listed] = ask<{ readonly items: readonly Set[] }>(SETS).items
  for (const { metadata, spec } of [ask(`${SETS}/web`), listed as Set]) {
    expect(metadata.creationTimestamp).toMatch(/^2026-/)
    expect(spec.template.metadata).toEqual({ ...unset, labels: { app: 'web' } })
    expect(spec.template.spec.volumes[1]?.ephemeral?.volumeClaimTemplate).toMatchObject({ metadata: unset })
    expect(spec.volumeClaimTemplates[0]?.metadata).toEqual({ ...unset, name: 'data' })
  }
  const { metadata } = ask('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)
  expect(metadata.creationTimestamp).toBe(version === 'v1.33' ? null : undefined)
  const scale = ask(`${SETS}/web/scale`)
  expect(scale.metadata.creationTimestamp).toMatch(/^2026-/)
})

test('a server takes back what it has written, and finds nothing changed', () => {
  const ask = served('v1.33')
  const read = ask(`${SETS}/web`)
  expect(ask(`${SETS}/web`, read, 'PUT')).toEqual(read)
})
