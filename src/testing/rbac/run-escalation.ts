import { checkEscalation } from '../inputs.js'
import type { Pod } from '../../api/core/generated.js'
import type { Labels } from '../../api/selectors/labels.js'
import type { WebhookHandler } from '../../apiserver/admission/extensions/call-webhook.js'
import type { UserInfo } from '../../client/client.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { createRequest, parseCertificates } from '../../pki/index.js'
import { testKey } from '../../pki/keys.js'
import type {
  CallStep,
  Credential,
  EscalationPath,
  EscalationStep,
  EscalationSubject,
  ExecStep,
  InPodStep,
} from '../../rbac/index.js'
import { identityOf } from '../../rbac/paths/escalation-paths.js'
import { isMap } from '../../lang/json/maps.js'

/** The result of a step. */
export interface StepResult {
  /** HTTP status; 0 if the step is not a request. */
  readonly code: number
  /** The response body, or the output. */
  readonly text: string
}

/** The result of executing a path. */
export interface EscalationOutcome {
  /** Whether all steps succeeded, and the gained action was denied before and is allowed after them. */
  readonly proved: boolean
  /** Why it is not proved. */
  readonly reason?: string
  readonly responses: readonly StepResult[]
}

const SOMEBODY: UserInfo = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] }
const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
const PATIENCE = '5m'

/**
 * Executes a path on a fork of the cluster, with nothing but the subject's rights: each step has to succeed,
 * and finally the new credential is used to check the gained action. The cluster itself is not changed. What
 * the subject's own code does in a pod is done by exec. Where the kubelet's own API is not served, exec
 * replaces it too, after the apiserver has authorized the request.
 * @example
 * for (const path of paths) expect(runEscalation(cluster, { user: 'jane' }, path).proved).toBe(true)
 */
export function runEscalation(
  cluster: SimCluster,
  subject: EscalationSubject,
  path: EscalationPath,
): EscalationOutcome {
  checkEscalation([cluster, subject, path])
  const run = new Run(cluster, subject, path)
  try {
    if (run.isGained({ name: run.self.name, groups: run.self.groups ?? [] }))
      throw new Failure('it was allowed before')
    for (const step of path.steps) run.take(step)
    const proved = run.isGained(undefined)
    return { proved, responses: run.responses, ...(proved ? {} : { reason: 'it is not allowed in the end' }) }
  } catch (error) {
    if (error instanceof Failure) return { proved: false, responses: run.responses, reason: error.message }
    throw error
  }
}

/** A step that failed. */
class Failure extends Error {}

class Run {
  readonly self: UserInfo
  readonly responses: StepResult[] = []
  readonly #path: EscalationPath
  readonly #fork: SimCluster

  constructor(cluster: SimCluster, subject: EscalationSubject, path: EscalationPath) {
    const { user, groups } = identityOf(subject)
    const { webhook } = path
    this.self = { name: user, groups }
    this.#path = path
    this.#fork =
      webhook === undefined
        ? cluster.fork()
        : cluster.fork({
            webhooks: { ...cluster.snapshot().options.webhooks, [webhook.url]: patching(webhook.patch) },
          })
  }

  take(step: EscalationStep): void {
    const response =
      step.step === 'call' ? this.#call(step) : step.step === 'exec' ? this.#exec(step) : this.#inPod(step)
    this.responses.push(response)
    if (response.code >= 300) throw new Failure(`${step.does}: ${response.text}`)
    this.#fork.settle()
  }

  /**
   * Returns whether the gained action is allowed to the user, or by default with the credential that the path
   * yields.
   */
  isGained(user: UserInfo | undefined): boolean {
    const { path, verb, apiGroup, ...resource } = this.#path.gains
    const spec =
      path === undefined
        ? { resourceAttributes: { verb, group: apiGroup, ...resource } }
        : { nonResourceAttributes: { verb, path } }
    const body = JSON.stringify({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec,
    })
    const { code, text } = this.#send(
      'POST',
      REVIEWS,
      body,
      user === undefined ? this.#sender(this.#path.credential) : { user },
    )
    return (
      code === 201 && (JSON.parse(text) as { readonly status: { readonly allowed: boolean } }).status.allowed
    )
  }

  #call({ by, as, method, path, body, onto, request }: CallStep): StepResult {
    const known = onto === undefined ? {} : (JSON.parse(this.responses[onto]?.text ?? '{}') as object)
    const csr =
      request === undefined
        ? {}
        : { spec: { request: btoa(createRequest(request, testKey(1, 'user/escalation-path'))) } }
    const whole = body === undefined ? '' : JSON.stringify(mergeInto(mergeInto(known, body), csr))
    const response = this.#send(
      method,
      path,
      whole,
      by === 'somebody' ? { user: SOMEBODY } : this.#sender(as),
    )
    const execCommand = /\/nodes\/[^/]+\/proxy\/run\/([^/]+)\/([^/?]+)\/[^?]*\?cmd=(.*)$/.exec(path)
    // the kubelet's own API may not be served here; the apiserver's decision is what counts, so exec runs the
    // command
    if (execCommand === null || response.code < 300 || response.code === 403) return response
    const [, namespace = '', name = '', command = ''] = execCommand
    return this.#print({ namespace, name }, decodeURIComponent(command).split(' '))
  }

  #exec({ as, namespace, pod, command }: ExecStep): StepResult {
    const session = this.#fork
      .as(this.#whoIs(this.#sender(as)))
      .exec({ namespace, name: pod }, { command, stdin: false, stdout: true, stderr: true })
    this.#fork.internals.until(() => session.end !== undefined, PATIENCE)
    const text = session
      .read()
      .map(({ data }) => new TextDecoder().decode(data))
      .join('')
    return session.end?.exitCode === 0 ? { code: 0, text } : { code: 500, text: session.end?.error ?? text }
  }

  #inPod({ namespace, pod, file }: InPodStep): StepResult {
    // a workload's controller creates the pod, so it appears only as time passes
    let found: Pod | undefined
    this.#fork.internals.until(() => {
      found = this.#fork.state
        .peek('pods', { namespace })
        .find(
          (each) =>
            isMeant(each, pod) &&
            each.status?.phase === 'Running' &&
            each.metadata.deletionTimestamp === undefined,
        )
      return found !== undefined
    }, PATIENCE)
    if (found === undefined) return { code: 404, text: 'the pod does not run' }
    return this.#print({ namespace, name: found.metadata.name ?? '' }, ['cat', file])
  }

  #print(pod: { readonly namespace: string; readonly name: string }, command: readonly string[]): StepResult {
    const container = this.#fork.get('pods', pod).spec.containers[0]?.name ?? ''
    const { stdout, stderr, exitCode } = this.#fork.exec(pod, command, { container })
    return exitCode === 0 ? { code: 0, text: stdout } : { code: 500, text: stderr }
  }

  #send(method: string, url: string, body: string, { user, headers = {} }: Sender): StepResult {
    const [path = '', query] = url.split('?')
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const response = this.#fork.http.handle({
      method,
      path,
      headers: { ...(body === '' ? {} : { 'content-type': type }), ...headers },
      ...(query === undefined ? {} : { query }),
      ...(body === '' ? {} : { body }),
      ...(user === undefined ? {} : { user }),
    })
    return { code: response.code, text: 'body' in response ? response.body : '' }
  }

  #sender(credential: Credential = { kind: 'own' }): Sender {
    switch (credential.kind) {
      case 'own':
        return { user: this.self }
      case 'impersonation': {
        const { user, groups, by } = credential
        const { headers, ...sender } = this.#sender(by)
        return {
          ...sender,
          headers: {
            ...headers,
            'impersonate-user': user,
            ...(groups.length === 0 ? {} : { 'impersonate-group': groups }),
          },
        }
      }
      case 'token':
        return {
          headers: {
            authorization: `Bearer ${tokenIn(this.responses[credential.step]?.text ?? '', credential.field)}`,
          },
        }
      case 'certificate':
        return { user: this.#holderOf(this.responses[credential.step]?.text ?? '') }
    }
  }

  /** Returns the identity that the apiserver sees for a sender. */
  #whoIs(sender: Sender): { readonly user: string; readonly groups: readonly string[] } {
    const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' })
    const { text } = this.#send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', body, sender)
    const { status } = JSON.parse(text) as {
      readonly status?: {
        readonly userInfo: { readonly username: string; readonly groups: readonly string[] }
      }
    }
    if (status === undefined) throw new Failure(text)
    return { user: status.userInfo.username, groups: status.userInfo.groups }
  }

  /** Returns the identity that the apiserver sees for the holder of a certificate. */
  #holderOf(response: string): UserInfo {
    const { certificate } = (JSON.parse(response) as { readonly status: { readonly certificate?: string } })
      .status
    if (certificate === undefined) throw new Failure('no certificate was issued')
    const identity = this.#fork.pki.identify(parseCertificates(atob(certificate)), this.#fork.now())
    if (typeof identity === 'string') throw new Failure(identity)
    return { name: identity.commonName, groups: [...identity.organizations, 'system:authenticated'] }
  }
}

interface Sender {
  readonly user?: UserInfo
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

function tokenIn(text: string, field: 'data.token' | 'status.token' | undefined): string {
  if (field === undefined) return text.trim()
  const response = JSON.parse(text) as {
    readonly data?: { readonly token?: string }
    readonly status?: { readonly token?: string }
  }
  return field === 'status.token' ? (response.status?.token ?? '') : atob(response.data?.token ?? '')
}

function isMeant({ metadata: { name, labels } }: Pod, pod: InPodStep['pod']): boolean {
  if ('name' in pod) return name === pod.name
  return Object.entries(pod.labels).every(([key, value]) => (labels as Labels | undefined)?.[key] === value)
}

/** Merges one object into another recursively; lists and scalars replace the existing value. */
function mergeInto(under: object, over: object): object {
  const result: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below = result[key]
    result[key] = isMap(value) && isMap(below) ? mergeInto(below, value) : value
  }
  return result
}

function patching(patch: readonly object[]): WebhookHandler {
  return ({ request }) => ({
    response: { uid: request['uid'], allowed: true, patchType: 'JSONPatch', patch },
  })
}
