import { quote } from '../../lang/go/quote.js'
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../api/certificates/generated.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { isFailure, KubectlError, throwCollected } from '../call/errors.js'
import { printTyped } from '../print/object.js'
import type { Info } from '../args/resource-args.js'
import { selectResources } from '../args/resource-args.js'
import { selected } from '../args/selected.js'

const RESOURCE = 'certificatesigningrequests'

type ApprovalType = 'Approved' | 'Denied'

/** `kubectl certificate approve`, `deny`. Source: kubectl pkg/cmd/certificates/certificates.go. */
export const certificate: KubectlCommand = {
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
  const names = args.map((arg) => (arg.includes('/') ? arg : `${RESOURCE}/${arg}`))
  const { infos, errors: unread } = selectedRequests(call, names)
  const errors: Error[] = [...unread]
  for (const info of infos) {
    try {
      decideOne(call, info, verdict)
    } catch (error) {
      if (!isFailure(error)) throw error
      errors.push(error)
    }
  }
  throwCollected(errors)
}

/** No namespace is known to this command, so it cannot read an object in one. */
function selectedRequests(call: CommandLine, args: readonly string[]): ReturnType<typeof selected> {
  if (!call.flags.has('filename')) {
    const { targets } = selectResources(call, args)
    if (targets.some(({ definition }) => definition.namespaced))
      throw new KubectlError('namespace may not be empty when retrieving a resource by name')
  }
  return selected(call, args)
}

function decideOne(call: CommandLine, { definition, name }: Info, verdict: ApprovalType): void {
  const { client, env, flags } = call
  const kind = definition.group === '' ? definition.kind : `${definition.kind}.${definition.group}`
  if (kind !== 'CertificateSigningRequest.certificates.k8s.io')
    throw new KubectlError(
      `can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${kind}`,
    )
  const request = client.get(RESOURCE, { name })
  const conditions = request.status?.conditions ?? []
  const other: ApprovalType = verdict === 'Approved' ? 'Denied' : 'Approved'
  if (conditions.some(({ type }) => type === other))
    throw new KubectlError(`certificate signing request ${quote(name)} is already ${other}`)
  const isDone = conditions.some(({ type }) => type === verdict)
  if (!isDone || flags.bool('force'))
    client.update(RESOURCE, decided(request, verdict, env.clock.now()), {
      subresource: 'approval',
      fieldManager: 'kubectl',
    })
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
