import { quote } from '../../lang/go/quote.js'
import { kubeconfigText } from '../../pki/index.js'
import type { CommandOutput } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import type { HostMachine } from '../machine/host-machine.js'

const HOUR = 3_600_000
const STACK = 'To see the stack trace of this error execute with --v=5 or higher'

/**
 * `kubeadm kubeconfig user`: writes a kubeconfig file for any user, signed with the cluster's authority.
 * Source: cmd/kubeadm/app/cmd/kubeconfig.go.
 */
export function kubeconfig(args: readonly string[], machine: HostMachine): CommandOutput {
  const options = readOptions(args, ['client-name', 'org', 'token', 'config', 'validity-period'])
  const [verb = ''] = options.words
  if (verb !== 'user')
    return failed(`error: unknown command ${quote(verb)} for "kubeadm kubeconfig"\n${STACK}`)
  const name = options.get('client-name')
  if (name === undefined || name === '')
    return failed(`error: required flag(s) "client-name" not set\n${STACK}`)
  const { pki } = machine.cluster
  if (!machine.isControlPlane || pki.find('/etc/kubernetes/pki/ca.key') === undefined) {
    return failed(
      `error: couldn't create a kubeconfig; the CA files couldn't be loaded: failed to load key: ` +
        `couldn't load the private key file /etc/kubernetes/pki/ca.key: open /etc/kubernetes/pki/ca.key: ` +
        `no such file or directory\n${STACK}`,
    )
  }
  const {
    config: { controlPlaneEndpoint, advertiseAddress, clusterName },
  } = pki
  const token = options.get('token')
  const organizations = options.all('org').flatMap((value) => value.split(','))
  const validFor = Number(/^(\d+)h/.exec(options.get('validity-period') ?? '8760h')?.[1] ?? 8760) * HOUR
  const credential =
    token === undefined
      ? pki.clientCertificate(
          { commonName: name, organizations },
          { notBefore: machine.cluster.now(), validFor },
        )
      : { token }
  return {
    stdout: kubeconfigText({
      ...(clusterName === undefined ? {} : { cluster: clusterName }),
      server: `https://${controlPlaneEndpoint ?? advertiseAddress}`,
      authority: pki.read('/etc/kubernetes/pki/ca.crt'),
      user: name,
      credential,
    }),
  }
}
