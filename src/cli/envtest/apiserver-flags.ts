import { quote } from '../../lang/go/quote.js'
import { knowsFlag } from '../../host/control-plane/known-flags.js'
import type { ProgramFlags } from './program.js'
import { FlagError, flagOf, readFlags } from './program.js'

/** What a flag does here. */
type Effect = 'acts' | 'silent'

/**
 * The flags that have an effect (`acts`), and those that need none, because what they ask for holds anyway or
 * concerns only logs (`silent`). The other flags of the real program are accepted with a line on stderr.
 */
const EFFECTS: Readonly<Record<string, Effect>> = {
  'advertise-address': 'acts',
  'anonymous-auth': 'acts',
  'api-audiences': 'acts',
  'audit-log-path': 'acts',
  'audit-policy-file': 'acts',
  'audit-webhook-batch-max-size': 'acts',
  'audit-webhook-batch-max-wait': 'acts',
  'audit-webhook-config-file': 'acts',
  'audit-webhook-initial-backoff': 'acts',
  'audit-webhook-mode': 'acts',
  'authentication-config': 'acts',
  'authorization-mode': 'acts',
  'authorization-policy-file': 'acts',
  'authorization-webhook-cache-authorized-ttl': 'acts',
  'authorization-webhook-cache-unauthorized-ttl': 'acts',
  'authorization-webhook-config-file': 'acts',
  'authorization-webhook-version': 'acts',
  'bind-address': 'acts',
  'cert-dir': 'acts',
  'client-ca-file': 'acts',
  'disable-admission-plugins': 'acts',
  'enable-admission-plugins': 'acts',
  'etcd-cafile': 'acts',
  'etcd-certfile': 'acts',
  'etcd-keyfile': 'acts',
  'etcd-prefix': 'acts',
  'etcd-servers': 'acts',
  'feature-gates': 'acts',
  'kubelet-client-certificate': 'acts',
  'kubelet-client-key': 'acts',
  'oidc-ca-file': 'acts',
  'oidc-client-id': 'acts',
  'oidc-groups-claim': 'acts',
  'oidc-groups-prefix': 'acts',
  'oidc-issuer-url': 'acts',
  'oidc-required-claim': 'acts',
  'oidc-signing-algs': 'acts',
  'oidc-username-claim': 'acts',
  'oidc-username-prefix': 'acts',
  'requestheader-allowed-names': 'acts',
  'requestheader-client-ca-file': 'acts',
  'requestheader-extra-headers-prefix': 'acts',
  'requestheader-group-headers': 'acts',
  'requestheader-uid-headers': 'acts',
  'requestheader-username-headers': 'acts',
  'runtime-config': 'acts',
  'secure-port': 'acts',
  'service-account-issuer': 'acts',
  'service-account-key-file': 'acts',
  'service-account-signing-key-file': 'acts',
  'service-cluster-ip-range': 'acts',
  'tls-cert-file': 'acts',
  'tls-private-key-file': 'acts',
  'token-auth-file': 'acts',
  'allow-privileged': 'silent',
  'enable-priority-and-fairness': 'silent',
  'insecure-port': 'silent',
  'logging-format': 'silent',
  'log-flush-frequency': 'silent',
  'storage-backend': 'silent',
  profiling: 'silent',
  v: 'silent',
  vmodule: 'silent',
}

/** Flags of older releases, which the release that is served by default refuses. */
const REMOVED: readonly string[] = `add-dir-header address alsologtostderr basic-auth-file
enable-logs-handler enable-swagger-ui insecure-bind-address kubelet-https kubelet-port kubelet-read-only-port
log-dir log-file log-file-max-size logtostderr master one-output port repair-malformed-updates
service-account-api-audiences skip-headers skip-log-headers stderrthreshold target-ram-mb admission-control
cloud-config cloud-provider kubeconfig leader-elect config kube-api-burst kube-api-qps
kube-api-content-type`.split(/\s+/)

/** The names of the flags that `--help` lists. */
export const LISTED_FLAGS: readonly string[] = Object.keys(EFFECTS).filter((name) => name !== 'insecure-port')

/**
 * Reads the flags of kube-apiserver. Says on stderr which ones have no effect.
 * @throws FlagError with the real program's message for an unknown flag or a stray word
 */
export function apiserverFlags(argv: readonly string[], note: (line: string) => void): ProgramFlags {
  const flags = readFlags(
    argv,
    (word) => `Error: kube-apiserver does not take any arguments, got [${quote(word)}]`,
  )
  for (const name of flags.keys()) {
    // envtest has long switched the insecure port off, which releases without it refuse
    const isOff = name === 'insecure-port' && flagOf(flags, name) === '0'
    const isKnown = knowsFlag('kube-apiserver', name) && !REMOVED.includes(name)
    if (!isKnown || (name === 'insecure-port' && !isOff))
      throw new FlagError(`Error: unknown flag: --${name}`)
    if (EFFECTS[name] === undefined) note(`simcluster kube-apiserver: --${name} has no effect\n`)
  }
  return flags
}
