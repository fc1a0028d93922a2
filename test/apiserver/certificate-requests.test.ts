import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { CertificateSigningRequest } from '../../src/api/certificates/generated.js'
import { parseRequest } from '../../src/api/certificates/pkcs10.js'
import { defaultSigner } from '../../src/api/certificates/signers.js'
import { validateSignerName } from '../../src/api/certificates/validation.js'
import { fieldErrorText } from '../../src/api/field-error.js'
import type { ApiServer } from '../../src/apiserver/api-server.js'
import type { UserInfo } from '../../src/client/client.js'
import { handleHttp } from '../../src/apiserver/http.js'
import type { HttpResponse } from '../../src/client/http.js'
import type { Authorizer } from '../../src/apiserver/authorization/authorizer.js'
import { harness } from './harness.js'

/**
 * What a real server was asked, and how it answered; `condition` stands for the object with one more
 * condition of that type.
 */
interface Recorded {
  readonly method: string
  readonly path: string
  readonly code: number
  readonly body?: object
  readonly condition?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly message?: string
}

const recorded = JSON.parse(
  readFileSync(new URL('../fixtures/apiserver/certificate-requests.json', import.meta.url), 'utf8'),
) as readonly Recorded[]
const admin: UserInfo = { name: 'admin', uid: 'u-admin', groups: ['system:masters', 'system:authenticated'] }

function ask(
  server: ApiServer,
  { method, path, body, headers }: Omit<Recorded, 'code'>,
  user = admin,
): { readonly code: number; readonly body: never } {
  const content = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = handleHttp(server, {
    method,
    path,
    user,
    headers: { 'content-type': 'application/json', ...headers },
    ...content,
  }) as HttpResponse
  // the body fits whatever a test destructures
  return { code: response.code, body: JSON.parse(response.body) as never }
}

function withCondition(server: ApiServer, path: string, type: string): CertificateSigningRequest {
  const request = ask(server, { method: 'GET', path: path.replace('/approval', '') })
    .body as CertificateSigningRequest
  const condition = { type, status: 'True', reason: 'R', message: 'M' }
  return {
    ...request,
    status: { ...request.status, conditions: [...(request.status.conditions ?? []), condition] },
  } as CertificateSigningRequest
}

/** What was asked for under that name. */
function specOf(name: string): CertificateSigningRequest['spec'] {
  const found = recorded
    .map(({ body }) => body as Partial<CertificateSigningRequest> | undefined)
    .find((body) => body?.metadata?.name === name)
  if (found?.spec === undefined) throw new Error(`nothing is recorded of ${name}`)
  return found.spec
}

/** O=system:nodes, CN=system:node:n9, DNS:n9, IP:10.0.0.9; made with openssl. */
const SERVING = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkVUQ0J1QUlCQURBd01SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE',
  '14RnpBVkJnTlZCQU1NRG5ONQpjM1JsYlRwdWIyUmxPbTQ1TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFMmxnOE82Vmp6ckp3',
  'CklIcTd5aUdGMXJ3cW9LYmtjdHJCOCtLSENIMWNuaTlWUlJYdEFkUCs4RjBxMnVXZDE5VXJOZXN1SWo0bXVjcE0KNDYvWlRpbDVEcUFtTUNRR0',
  'NTcUdTSWIzRFFFSkRqRVhNQlV3RXdZRFZSMFJCQXd3Q29JQ2JqbUhCQW9BQUFrdwpDZ1lJS29aSXpqMEVBd0lEU0FBd1JRSWdPWWZSbzBQcmZN',
  'NUZ3MlMvbHdTakN3NlZ1ZHEzdHE4TDBrcnVOeFI3Cmd6RUNJUURQMUVhQlRjNllIbFdZc0dtS0h0UDNCWlJzV3Btcm9KemNGR2FBbDM2TWJBPT',
  '0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==',
].join('')

describe('certificate requests', () => {
  it('are answered as a real server answers them, from creation over approval to status', () => {
    const { server } = harness()
    for (const each of recorded) {
      const { condition, code, message } = each
      // there the approver of kubelets had been before
      if (each.path.endsWith('g-csr-kubelet/approval')) {
        expect(ask(server, { ...each, body: withCondition(server, each.path, 'Approved') }).code).toBe(200)
      }
      const response = ask(
        server,
        condition === undefined ? each : { ...each, body: withCondition(server, each.path, condition) },
      )
      expect([
        each.path,
        response.code,
        code >= 400 ? (response.body as { message: string }).message : undefined,
      ]).toEqual([each.path, code, message])
    }
  })

  it('are from whoever posts them, whatever they say', () => {
    const { server } = harness()
    const body = structuredClone(recorded[0]?.body) as { spec: Record<string, unknown> }
    body.spec = { ...body.spec, username: 'forged', groups: ['system:masters'], extra: { a: ['b'] } }
    const user = { name: 'jane', groups: ['dev'], extra: { scope: ['x'] } }
    const { spec, status } = ask(server, { method: 'POST', path: recorded[0]?.path as string, body }, user)
      .body as CertificateSigningRequest
    expect(spec).toMatchObject({ username: 'jane', groups: ['dev'], extra: { scope: ['x'] } })
    expect([spec.uid, status]).toEqual([undefined, {}])
  })

  it('keep the times of conditions that stay', () => {
    const { server, sim } = harness()
    const { path = '', body = {} } = recorded[0] ?? {}
    ask(server, { method: 'POST', path, body })
    const approval = `${path}/g-csr-ok/approval`
    const first = ask(server, {
      method: 'PUT',
      path: approval,
      body: withCondition(server, approval, 'Approved'),
    }).body as CertificateSigningRequest
    sim.advance('1h')
    const again = {
      ...first,
      status: { conditions: [{ type: 'Approved', status: 'True', reason: 'other' }] },
    }
    const second = ask(server, { method: 'PUT', path: approval, body: again })
      .body as CertificateSigningRequest
    const [before, after] = [first.status.conditions?.[0], second.status.conditions?.[0]]
    expect(after?.lastTransitionTime).toBe(before?.lastTransitionTime)
    expect(after?.lastUpdateTime).not.toBe(before?.lastUpdateTime)
  })

  it('are approved and signed by those who may for that signer, or for all of its domain', () => {
    const may: string[] = []
    const authorizer: Authorizer = {
      authorize: ({ name }, attributes) => {
        if (name === 'admin' || !('resource' in attributes) || attributes.resource !== 'signers')
          return { allowed: true }
        return { allowed: may.includes(`${attributes.verb} ${attributes.name ?? ''}`) }
      },
    }
    const { server } = harness({ authorizer })
    const { path = '', body = {} } = recorded[0] ?? {}
    ask(server, { method: 'POST', path, body })
    const approve = (): unknown => {
      const approval = `${path}/g-csr-ok/approval`
      const received = ask(
        server,
        { method: 'PUT', path: approval, body: withCondition(server, approval, 'Approved') },
        { name: 'jane' },
      )
      return [received.code, (received.body as { message?: string }).message]
    }
    expect(approve()).toEqual([
      403,
      'certificatesigningrequests.certificates.k8s.io "g-csr-ok" is forbidden: ' +
        'user not permitted to approve requests with signerName "kubernetes.io/kube-apiserver-client"',
    ])
    may.push('approve kubernetes.io/*')
    expect(approve()).toEqual([200, undefined])
    const failed = [{ type: 'Failed', status: 'True' }]
    const fail = (): number => {
      const object = ask(server, { method: 'GET', path: `${path}/g-csr-ok` })
        .body as CertificateSigningRequest
      const next = { ...object, status: { conditions: [...(object.status.conditions ?? []), ...failed] } }
      return ask(server, { method: 'PUT', path: `${path}/g-csr-ok/status`, body: next }, { name: 'jane' })
        .code
    }
    expect(fail()).toBe(403)
    may.push('sign kubernetes.io/kube-apiserver-client')
    expect(fail()).toBe(200)
  })

  it('of v1beta1 need no signer and no usages', () => {
    const { server, client } = harness({ version: 'v1.21' })
    const { request } = specOf('g-csr-ok')
    const path = '/apis/certificates.k8s.io/v1beta1/certificatesigningrequests'
    const body = {
      apiVersion: 'certificates.k8s.io/v1beta1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'old' },
      spec: { request },
    }
    expect(ask(server, { method: 'POST', path, body })).toMatchObject({
      code: 201,
      body: {
        spec: {
          signerName: 'kubernetes.io/legacy-unknown',
          usages: ['digital signature', 'key encipherment'],
        },
      },
    })
    expect(client.get('certificatesigningrequests.v1.certificates.k8s.io', { name: 'old' }).apiVersion).toBe(
      'certificates.k8s.io/v1',
    )
  })

  it('of kubelets are told by subject, names and usages', () => {
    // the recorded request for a serving certificate names no host
    expect(['g-csr-kubelet', 'g-csr-serving', 'g-csr-ok'].map((name) => defaultSigner(specOf(name)))).toEqual(
      [
        'kubernetes.io/kube-apiserver-client-kubelet',
        'kubernetes.io/legacy-unknown',
        'kubernetes.io/legacy-unknown',
      ],
    )
    expect(parseRequest(SERVING)).toMatchObject({
      commonName: 'system:node:n9',
      organizations: ['system:nodes'],
      altNames: { dns: true, ip: true, email: false, uri: false },
    })
    expect(defaultSigner({ ...specOf('g-csr-serving'), request: SERVING })).toBe(
      'kubernetes.io/kubelet-serving',
    )
    expect(defaultSigner({ request: btoa('nonsense') })).toBe('kubernetes.io/legacy-unknown')
  })
})

describe('names of signers', () => {
  it.each([
    ['example.com/s', []],
    ['', ['f: Required value']],
    [
      'a.b/c/d',
      [
        'f: Invalid value: "a.b/c/d": must be a fully qualified domain and path of the form ' +
          "'example.com/signer-name'",
      ],
    ],
    [
      'local/s',
      ['f: Invalid value: "local": should be a domain with at least two segments separated by dots'],
    ],
  ])('%s', (name, faults) => {
    expect(validateSignerName('f', name).map(fieldErrorText)).toEqual(faults)
  })
})
