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
  events.map(({ level, stage, verb, objectRef }) => `${level} ${stage} ${verb} ${objectRef.resource}`)

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

  test('can leave out managedFields', () => {
    const [event] = eventsUnder(
      'omitStages: [RequestReceived]\nomitManagedFields: true\nrules: [{level: RequestResponse}]',
      makeMap,
    )
    expect(event?.responseObject).toMatchObject({ metadata: { name: 'c' } })
    expect(JSON.stringify(event)).not.toContain('managedFields')
  })

  test.each([
    [`${head}rules: []`, 'loaded illegal policy with 0 rules from file p.yaml'],
    ['apiVersion: v1\nkind: Policy\nrules: []', 'no kind "Policy" is registered for version "v1"'],
    [`${head}rules: [{level: All}]`, 'rules[0].level: Unsupported value: "All": supported values: "None"'],
  ])('%j is refused: %s', (text, message) => {
    expect(() => parseAuditPolicy(text, 'p.yaml')).toThrow(message)
  })
})
