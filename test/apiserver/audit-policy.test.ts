import { describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { auditedEvents, parseAuditPolicy, type AuditedEvent } from '../../src/apiserver/audit-policy.js'

const head = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n'

/** Returns the events of some requests under a policy. */
function eventsUnder(policy: string, act: (cluster: SimCluster) => void): readonly AuditedEvent[] {
  const parsed = parseAuditPolicy(head + policy, 'policy.yaml')
  const cluster = new SimCluster({ nodes: 0 })
  const events: AuditedEvent[] = []
  cluster.on('audit', (event) => {
    if (event.user.username === 'kubernetes-admin') events.push(...auditedEvents(parsed, event))
  })
  act(cluster)
  return events
}

const makeMap = (cluster: SimCluster): void =>
  void cluster.create('configmaps', { metadata: { name: 'c' }, data: { a: '1' } })
const shown = (events: readonly AuditedEvent[]): readonly string[] =>
  events.map(({ level, stage, verb, objectRef }) => `${level} ${stage} ${verb} ${objectRef?.resource}`)

describe('an audit policy', () => {
  test.each([
    ['None', []],
    ['Metadata', [false, false]],
    ['Request', [true, false]],
    ['RequestResponse', [true, true]],
  ])('keeps at level %s what that level has', (level, parts) => {
    const events = eventsUnder(`omitStages: [RequestReceived]\nrules: [{level: ${level}}]`, makeMap)
    expect(events.flatMap((one) => ['requestObject' in one, 'responseObject' in one])).toEqual(parts)
  })

  test('has an event for each stage that is not omitted', () => {
    const [received, complete] = eventsUnder('rules: [{level: RequestResponse}]', makeMap)
    expect(received).toMatchObject({ stage: 'RequestReceived', verb: 'create' })
    expect(received).not.toHaveProperty('responseStatus')
    expect(complete).toMatchObject({ stage: 'ResponseComplete', responseStatus: { code: 201 } })
    expect(shown(eventsUnder('rules: [{level: Metadata, omitStages: [ResponseComplete]}]', makeMap))).toEqual(
      ['Metadata RequestReceived create configmaps'],
    )
  })

  test('takes the first rule that applies, and keeps nothing if none does', () => {
    const policy = `
omitStages: [RequestReceived]
rules:
- {level: None, users: [kubernetes-admin], verbs: [get]}
- {level: Request, resources: [{group: "", resources: [configmaps], resourceNames: [c]}], namespaces: [default]}
- {level: Metadata, resources: [{group: "", resources: [pods/*]}]}
- {level: Metadata, resources: [{group: apps}]}
- {level: RequestResponse, userGroups: [nobody]}
- {level: Metadata, nonResourceURLs: ["*"]}`
    const events = eventsUnder(policy, (cluster) => {
      makeMap(cluster)
      cluster.get('configmaps', 'c')
      cluster.create('configmaps', { metadata: { name: 'd' } })
      cluster.delete('configmaps', 'c')
      cluster.list('deployments')
      cluster.list('pods')
      cluster.list('secrets')
    })
    expect(shown(events)).toEqual([
      'Request ResponseComplete create configmaps',
      'Request ResponseComplete delete configmaps',
      'Metadata ResponseComplete list deployments',
      'Metadata ResponseComplete list pods',
    ])
  })

  test('tells paths that are not resources by nonResourceURLs', () => {
    const policy = `
omitStages: [RequestReceived]
rules:
- {level: None, nonResourceURLs: [/healthz*, /version]}
- {level: Metadata, resources: [{group: ""}]}
- {level: RequestResponse, verbs: [get], nonResourceURLs: [/api*, /metrics]}`
    const user = { name: 'kubernetes-admin', groups: ['system:masters'] }
    const events = eventsUnder(policy, ({ http }) => {
      const asked = ['/healthz', '/healthz/etcd', '/version', '/api', '/apis/apps/v1', '/none', '/metrics']
      for (const path of asked) http.handle({ method: 'GET', path, query: 'timeout=32s', user })
      http.handle({ method: 'POST', path: '/api', user })
      http.handle({ method: 'GET', path: '/api/v1/pods', user })
    })
    expect(events.map(({ requestURI }) => requestURI)).toEqual([
      '/api?timeout=32s',
      '/apis/apps/v1?timeout=32s',
      '/metrics?timeout=32s',
      '/api/v1/pods',
    ])
    expect(events[0]).toMatchObject({ level: 'RequestResponse', verb: 'get', responseStatus: { code: 200 } })
    expect(events[0]).not.toHaveProperty('objectRef')
  })

  test('has the denial of a path that is not a resource', () => {
    const policy = parseAuditPolicy(`${head}rules: [{level: Metadata, nonResourceURLs: ["*"]}]`, 'p.yaml')
    const cluster = new SimCluster({ nodes: 0 })
    const events: AuditedEvent[] = []
    cluster.on('audit', (event) => events.push(...auditedEvents(policy, event)))
    cluster.http.handle({ method: 'GET', path: '/metrics', user: { name: 'jane' } })
    expect(events.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete'])
    expect(events[1]).toMatchObject({
      user: { username: 'jane' },
      responseStatus: { code: 403, reason: 'Forbidden' },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    })
  })

  test('can leave out managedFields', () => {
    const [event] = eventsUnder(
      'omitStages: [RequestReceived]\nomitManagedFields: true\nrules: [{level: RequestResponse}]',
      makeMap,
    )
    expect(event?.responseObject).toMatchObject({ metadata: { name: 'c' } })
    expect(JSON.stringify(event)).not.toContain('managedFields')
  })

  test.each([
    [`${head}rules: []`, 'loaded illegal policy with 0 rules: from file p.yaml'],
    ['apiVersion: v1\nkind: Policy\nrules: []', 'no kind "Policy" is registered for version "v1"'],
    [
      `${head}rules: [{level: None, nonResourceURLs: [healthz]}]`,
      `rules[0].nonResourceURLs[0]: Invalid value: "healthz": non-resource URL rules must begin with a '/'`,
    ],
    [
      `${head}rules: [{level: None, nonResourceURLs: ["/a*b"]}]`,
      "non-resource URL wildcards '*' must be the final character of the rule",
    ],
    [
      `${head}rules: [{level: None, nonResourceURLs: ["*"], namespaces: [default]}]`,
      'rules cannot apply to both regular resources and non-resource URLs',
    ],
    [`${head}rules: [{level: All}]`, 'rules[0].level: Unsupported value: "All": supported values: "None"'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseAuditPolicy(text, 'p.yaml')).toThrow(message)
  })
})
