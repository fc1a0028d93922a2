import { askApiserver } from './in-cluster.js'
import type { Subcommand, SubcommandCall } from './subcommand.js'
import { klog } from './subcommand.js'

/** Virtual ms between the attempts of an informer, without jitter. Source: client-go reflector.go. */
const FIRST_RETRY = 800
const LONGEST_RETRY = 30_000
const RESOURCE = 'podcertificaterequests'

/**
 * Signs PodCertificateRequests. Their API is off by default in every release that is simulated, so that the
 * program's informer tries again and again, as a real one does on such a cluster. Source:
 * test/images/agnhost/podcertificatesigner.
 */
export const podCertificateSigner: Subcommand = {
  flags: { kubeconfig: '', 'signer-name': '' },
  run(call) {
    const wait = typeof call.memory === 'number' ? call.memory : FIRST_RETRY
    klog(call, 'E', 'reflector.go:204', `"Failed to watch" err="${faultOf(call)}" ${ABOUT}`)
    return { until: call.world.now + wait, memory: Math.min(wait * 2, LONGEST_RETRY) }
  },
  stop: () => 0,
}

const TYPE = '*v1beta1.PodCertificateRequest'
const INFORMER = 'k8s.io/client-go/informers/certificates/v1beta1/podcertificaterequest.go:70'
const ABOUT = `logger="UnhandledError" reflector="${INFORMER}" type="${TYPE}"`

/** Why the requests cannot be listed. */
function faultOf(call: SubcommandCall): string {
  const selector = encodeURIComponent(`spec.signerName=${call.flags['signer-name'] ?? ''}`)
  const path = `/apis/certificates.k8s.io/v1beta1/${RESOURCE}?fieldSelector=${selector}&limit=500`
  const { status, body } = askApiserver(call, path)
  if (status === 200) return 'requests are served, and signing them is not simulated'
  const why =
    status === 403
      ? (JSON.parse(body) as { readonly message: string }).message
      : status === 0
        ? body
        : `the server could not find the requested resource (get ${RESOURCE}.certificates.k8s.io)`
  return `failed to list ${TYPE}: ${why.replaceAll('"', String.raw`\"`)}`
}
