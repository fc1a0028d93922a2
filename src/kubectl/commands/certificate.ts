import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../api/certificates/generated.js'
import type { CommandLine, Command } from '../call.js'
import { isFailure, KubectlError, throwCollected } from '../errors.js'
import { printTyped } from '../print/object.js'
import { readManifests } from '../manifests.js'

/** Prefix of names that `kubectl get csr -o name` and short names add. */
const TYPE = /^(csr|certificatesigningrequests?(\.(v\d\w*\.)?certificates\.k8s\.io)?)\//

type ApprovalType = 'Approved' | 'Denied'

/** `kubectl certificate approve`, `deny`. Source: kubectl pkg/cmd/certificates/certificates.go. */
export const certificate: Command = {
  name: 'certificate',
  commands: [
    { name: 'approve', run: (call) => decide(call, 'Approved') },
    { name: 'deny', run: (call) => decide(call, 'Denied') },
  ],
}

const REASONS: Readonly<Record<ApprovalType, string>> = { Approved: 'KubectlApprove', Denied: 'KubectlDeny' }

function decide(call: CommandLine, verdict: ApprovalType): void {
  const { args, flags } = call
  if (args.length === 0 && !flags.has('filename') && flags.string('kustomize') === '')
    throw new KubectlError('one or more CSRs must be specified as <name> or -f <filename>')
  const { infos, errors: unreadable } = flags.has('filename')
    ? readManifests(call)
    : { infos: [], errors: [] }
  const errors: Error[] = [...unreadable]
  for (const name of [...infos.map((info) => info.name), ...args.map((arg) => arg.replace(TYPE, ''))]) {
    try {
      decideOne(call, name, verdict)
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(error)
    }
  }
  throwCollected(errors)
}

function decideOne(call: CommandLine, name: string, verdict: ApprovalType): void {
  const { client, env, flags } = call
  const request = client.get('certificatesigningrequests', { name })
  const conditions = request.status?.conditions ?? []
  const other: ApprovalType = verdict === 'Approved' ? 'Denied' : 'Approved'
  if (conditions.some(({ type }) => type === other))
    throw new KubectlError(`certificate signing request ${JSON.stringify(name)} is already ${other}`)
  const isDone = conditions.some(({ type }) => type === verdict)
  if (!isDone || flags.bool('force'))
    client.update('certificatesigningrequests', decided(request, verdict, env.clock.now()), {
      subresource: 'approval',
      fieldManager: 'kubectl',
    })
  const definition = env.scheme.byName('certificatesigningrequests')
  if (definition === undefined)
    throw new KubectlError('the server doesn\'t have a resource type "certificatesigningrequests"')
  printTyped(call, definition, request, verdict.toLowerCase(), 'none')
}

function decided(
  request: CertificateSigningRequest,
  verdict: ApprovalType,
  now: number,
): CertificateSigningRequest {
  const time = `${new Date(now).toISOString().slice(0, 19)}Z`
  const word = verdict === 'Approved' ? 'approve' : 'deny'
  const condition: CertificateSigningRequestCondition = {
    type: verdict,
    status: 'True',
    reason: REASONS[verdict],
    message: `This CSR was ${verdict.toLowerCase()} by kubectl certificate ${word}.`,
    lastUpdateTime: time,
  }
  const kept = (request.status?.conditions ?? []).filter(({ type }) => type !== verdict)
  return { ...request, status: { ...request.status, conditions: [...kept, condition] } }
}
