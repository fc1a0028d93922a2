import { describe, expect, it } from 'vitest'
import type { WebhookReview } from '../../../src/apiserver/admission/extensions/call-webhook.js'
import { SimCluster } from '../../../src/index.js'

const RULE = { apiGroups: [''], apiVersions: ['v1'], operations: ['CONNECT'] }

function clusterWith(objects: readonly object[], check?: (review: WebhookReview) => boolean): SimCluster {
  const cluster = new SimCluster({
    nodes: 1,
    webhooks: {
      'hooks/hook': (review) => ({
        apiVersion: review.apiVersion,
        kind: review.kind,
        response: {
          uid: review.request['uid'],
          allowed: check?.(review) ?? true,
          status: { message: 'not through this door' },
        },
      }),
    },
  })
  cluster.kubectl('run box --image=nginx')
  cluster.kubectl('expose pod box --port=80')
  cluster.settle()
  for (const object of objects) cluster.apply(object)
  return cluster
}

/** A policy that denies what its expression says. */
function policy(resources: readonly string[], expression: string, more: object = {}): readonly object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1'
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'doors' },
      spec: {
        matchConstraints: { resourceRules: [{ ...RULE, resources }], ...more },
        validations: [{ expression, message: 'closed' }],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: 'doors' },
      spec: { policyName: 'doors', validationActions: ['Deny'] },
    },
  ]
}

const DENIED = "ValidatingAdmissionPolicy 'doors' with binding 'doors' denied request: closed"

describe('admission of connections', () => {
  it('a policy sees the options of exec', () => {
    const cluster = clusterWith(policy(['pods/exec'], "object.command[0] != 'sh' && object.stdout"))
    expect(cluster.kubectl('exec box -- sh -c ls').stderr).toContain(DENIED)
    expect(cluster.kubectl('exec box -- ls /').exitCode).toBe(0)
  })

  it('a policy sees port-forward and the proxies of pods, services and nodes', () => {
    const ports = clusterWith(policy(['pods/portforward'], 'object.ports.all(port, port != 81)'))
    const forward = (port: number): void =>
      ports.client.portForward({ namespace: 'default', name: 'box' }, port).stop()
    expect(() => forward(81)).toThrow(DENIED)
    expect(() => forward(80)).not.toThrow()
    const expression = "!has(object.path) || !object.path.startsWith('/admin')"
    const cluster = clusterWith(policy(['pods/proxy', 'services/proxy', 'nodes/proxy'], expression))
    const raw = (path: string): string => cluster.kubectl(`get --raw /api/v1/${path}`).stderr
    for (const path of ['namespaces/default/pods/box', 'namespaces/default/services/box', 'nodes/node-1'])
      expect(raw(`${path}/proxy/admin/x`)).toContain(DENIED)
    expect(raw('namespaces/default/pods/box/proxy/')).toBe('')
  })

  it('options have no labels, so that an object selector never matches them', () => {
    const selector = { objectSelector: { matchLabels: { run: 'box' } } }
    const cluster = clusterWith(policy(['pods/exec'], 'false', selector))
    expect(cluster.kubectl('exec box -- ls /').exitCode).toBe(0)
  })

  it('a webhook is asked before a client attaches', () => {
    const asked: Readonly<Record<string, unknown>>[] = []
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'doors' },
      webhooks: [
        {
          name: 'doors.example.com',
          rules: [{ ...RULE, resources: ['pods/attach'] }],
          clientConfig: { service: { namespace: 'hooks', name: 'hook' } },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    }
    const cluster = clusterWith([configuration], ({ request }) => {
      asked.push(request)
      return false
    })
    expect(cluster.kubectl('attach box').stderr).toContain(
      'admission webhook "doors.example.com" denied the request: not through this door',
    )
    expect(asked).toMatchObject([
      {
        operation: 'CONNECT',
        kind: { group: '', version: 'v1', kind: 'PodAttachOptions' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        subResource: 'attach',
        name: 'box',
        namespace: 'default',
        object: { kind: 'PodAttachOptions', apiVersion: 'v1', stdout: true, container: 'box' },
        oldObject: null,
        options: null,
      },
    ])
  })
})
