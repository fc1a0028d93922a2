import { partial } from '../support/typed.js'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Node, Pod } from '../../src/api/core/generated.js'
import type { KindDefinition, KubeObject } from '../../src/api/kind/definition.js'
import { createScheme } from '../../src/api/scheme.js'
import type { Client } from '../../src/client/client.js'
import { labelFor } from '../../src/kubectl/describe/generic.js'
import { describeObject } from '../../src/kubectl/describe/describe-object.js'
import { releaseOf } from '../../src/kubectl/call/release.js'
import { addNode, addPod, machine } from './machine.js'

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/kubectl/describe.json', import.meta.url), 'utf8'),
) as {
  readonly node: { readonly yaml: string; readonly text: string }
  readonly pod: { readonly json: string; readonly text: string }
}

const untimed = (text: string): string =>
  text
    .replaceAll('10.244.1.29', '10.244.1.28')
    .replaceAll(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000/g, '<time>')

/** A client that knows only what is described. */
function clientOf(pods: readonly unknown[]): Client {
  const responses: Readonly<Record<string, unknown>> = { pods: { items: pods }, events: { items: [] } }
  return partial<Client>({
    list: (resource: string) => responses[resource],
    get: () => ({ spec: { holderIdentity: 'node1', renewTime: '2026-11-24T14:30:11.000000Z' } }),
  })
}

describe('kubectl describe, against recorded texts', () => {
  const now = Date.parse('2026-11-24T14:30:12Z')
  const described = (kind: string, client: Client, object: KubeObject): string =>
    describeObject(object, {
      client,
      now,
      withEvents: true,
      release: releaseOf('v1.35'),
      definition: createScheme('v1.35').byKind('', 'v1', kind) as KindDefinition,
    })

  it('describes a node', () => {
    const node = parse(recorded.node.yaml) as Node
    const podOf = (namespace: string, name: string): unknown => ({
      metadata: { name, namespace, creationTimestamp: '2026-11-24T14:30:12Z' },
      spec: { containers: [{ name: 'c', resources: {} }] },
      status: {},
    })
    const client = clientOf([podOf('default', 'a'), podOf('kube-system', 'kube-proxy-1abcd')])
    expect(untimed(described('Node', client, node))).toBe(untimed(recorded.node.text))
  })

  it('describes a pod', () => {
    const pod = JSON.parse(recorded.pod.json) as Pod
    expect(untimed(described('Pod', clientOf([]), pod))).toBe(untimed(recorded.pod.text))
  })
})

describe('kubectl describe in a cluster', () => {
  const { kubectl, client } = machine()
  addNode(client, 'node1')
  addPod(client, 'web-1', { emptyDir: true, owner: { kind: 'ReplicaSet', name: 'web' } })
  addPod(client, 'web-2')

  it('takes the beginning of names', () => {
    const { stdout } = kubectl('describe pod web')
    expect(stdout.match(/^Name:.*$/gm)).toEqual(['Name:             web-1', 'Name:             web-2'])
    expect(stdout).toContain('Controlled By:    ReplicaSet/web\n')
    expect(stdout).toContain(
      "    Type:       EmptyDir (a temporary directory that shares a pod's lifetime)\n    Medium:     " +
        '\n    SizeLimit:  <unset>\n',
    )
  })

  it('sums what pods ask for', () => {
    client.create('pods', {
      metadata: { name: 'hungry', namespace: 'default' },
      spec: {
        nodeName: 'node1',
        containers: [
          {
            name: 'c',
            image: 'i',
            resources: { requests: { cpu: '250m', memory: '64Mi' }, limits: { memory: '1Gi' } },
          },
        ],
      },
    })
    client.patch(
      'nodes',
      { name: 'node1' },
      { type: 'merge', body: { status: { allocatable: { cpu: '2', memory: '4Gi', pods: '110' } } } },
      { subresource: 'status' },
    )
    const { stdout } = kubectl('describe node node1')
    expect(stdout).toMatch(/default +hungry +250m \(12%\) +0 \(0%\) +64Mi \(1%\) +1Gi \(25%\) +0s\n/)
    expect(stdout).toMatch(/ {2}cpu +250m \(12%\) +0 \(0%\)\n {2}memory +64Mi \(1%\) +1Gi \(25%\)\n/)
    expect(stdout).toContain(
      'Lease:              Failed to get lease: leases.coordination.k8s.io "node1" not found\n',
    )
  })

  it('shows field by field what has no description of its own', () => {
    const spec = { holderIdentity: 'a', leaseDurationSeconds: 5 }
    client.create('leases', { metadata: { name: 'l', namespace: 'default' }, spec })
    const { stdout } = kubectl('describe lease l')
    expect(stdout).toContain(
      'API Version:  coordination.k8s.io/v1\nKind:         Lease\nMetadata:\n  Creation Timestamp:  ',
    )
    expect(stdout).toContain(
      'Spec:\n  Holder Identity:         a\n  Lease Duration Seconds:  5\nEvents:                    ' +
        '<none>\n',
    )
  })

  it.each([
    ['apiVersion', 'API Version'],
    ['cronSpec', 'Cron Spec'],
    ['podIP', 'Pod Ip'],
    ['HTTPServerName', 'Http Server Name'],
    ['uid', 'UID'],
    ['a.b', 'a.b'],
    ['k8s-app', 'k8s-app'],
    ['externalIPs', 'External I Ps'],
  ])('%s is shown as %s', (field, label) => {
    expect(labelFor(field)).toBe(label)
  })
})
