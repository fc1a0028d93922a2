import { quote } from '../../lang/go/quote.js'
import { createPublicKey, createPrivateKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { defaultMinor } from '../../api/releases.js'
import { parseTokenFile } from '../../apiserver/authentication/token-file.js'
import type { AuthorizationMode } from '../../cluster/access/authorization-modes.js'
import type { AuthenticationOptions } from '../../cluster/access/access.js'
import type { AdmissionChoice } from '../../apiserver/admission/default-plugins.js'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import { ADMISSION_PLUGINS, AUTHORIZATION_MODES } from '../../host/control-plane/known-flags.js'
import { checkFeatureGates, disabledAPIsOf } from './feature-flags.js'
import { authenticationConfig } from './authentication-config.js'
import { authorizationWebhook } from './authorization-webhook.js'
import { oidcOf } from './oidc-flags.js'
import { requestHeaderOf } from './request-header-flags.js'
import type { ProgramFlags } from './program.js'
import { serviceRangeOf } from './service-range.js'
import { commandFailed, fileOf, FlagError, flagOf, listOf } from './program.js'
import { joinHostPort } from '../../lang/go/host-port.js'

/** The processes that envtest does not have. */
const CONTROLLERS = ['kube-controller-manager', 'kube-scheduler', 'simulated-storage']

/** The plugins that can be switched here; others are accepted, and are not simulated. */
const SIMULATED = new Set(
  `AlwaysPullImages CertificateApproval CertificateSigning CertificateSubjectRestriction DefaultIngressClass
DefaultStorageClass DefaultTolerationSeconds LimitRanger MutatingAdmissionPolicy MutatingAdmissionWebhook
NamespaceLifecycle NodeRestriction OwnerReferencesPermissionEnforcement PersistentVolumeClaimResize
PodSecurity Priority ResourceQuota RuntimeClass ServiceAccount StorageObjectInUseProtection
TaintNodesByCondition ValidatingAdmissionPolicy ValidatingAdmissionWebhook`.split(/\s+/),
)

/** Returns the cluster that the flags and the environment describe, as of now. */
export function clusterOptions(
  flags: ProgramFlags,
  environment: Readonly<Record<string, string | undefined>>,
  note: (line: string) => void,
): ClusterOptions {
  const all = hasControllers(environment['SIMCLUSTER_CONTROLLERS'])
  const version = environment['SIMCLUSTER_VERSION']
  const tokens = fileOf(flags, 'token-auth-file')
  const range = serviceRangeOf(flags)
  const oidc = oidcOf(flags, note)
  const trust = tokenTrustOf(flags)
  const release = version ?? `v1.${defaultMinor}`
  checkFeatureGates(flags, release, note)
  const anonymous = flagOf(flags, 'anonymous-auth') === 'false' ? { anonymous: false } : {}
  const nodes = Number(environment['SIMCLUSTER_NODES'] ?? (all ? 1 : 0))
  const modes = modesOf(flags)
  const plugins = pluginsOf(flags, note)
  return {
    time: { start: Date.now() },
    nodes,
    access: {
      authorization: nodes > 0 && !modes.includes('Node') ? ['Node', ...modes] : modes,
      authentication: {
        ...anonymous,
        ...trust,
        ...(oidc === undefined ? {} : { oidc }),
        ...authenticationConfig(flags, note, trust.serviceAccountIssuers),
        requestHeader: requestHeaderOf(flags),
      },
    },
    ...(plugins.enable.length === 0 ? {} : { admission: { enable: plugins.enable } }),
    kubeadm: { advertiseAddress: joinHostPort(advertised(flags), portOf(flags)) },
    ...(version === undefined ? {} : { version }),
    disable: [...(all ? [] : CONTROLLERS), ...plugins.disable, ...disabledAPIsOf(flags, release, note)],
    ...(range === undefined ? {} : { network: { serviceCIDR: range } }),
    ...(tokens === undefined
      ? {}
      : { users: parseTokenFile(tokens, flagOf(flags, 'token-auth-file') ?? '') }),
  }
}

function hasControllers(choice: string = 'none'): boolean {
  if (choice !== 'none' && choice !== 'all')
    throw new FlagError(`SIMCLUSTER_CONTROLLERS=${choice}: write all or none`)
  return choice === 'all'
}

/** An address of a machine without a network. */
const NO_NETWORK = '10.0.0.10'

/**
 * The address in the endpoints of the Service `kubernetes`, which cannot be a loopback address: then it is
 * one of this machine. Source: apimachinery pkg/util/net ResolveBindAddress.
 */
function advertised(flags: ProgramFlags): string {
  const given = flagOf(flags, 'advertise-address') ?? flagOf(flags, 'bind-address') ?? '127.0.0.1'
  const isUsable = isIP(given) !== 0 && !/^(?:127\.|0\.0\.0\.0$|::1?$)/.test(given)
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return isUsable
    ? given
    : (own.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? NO_NETWORK)
}

/** Source: apiserver pkg/server/options/serving.go SecureServingOptions.Validate. */
export function portOf(flags: ProgramFlags): number {
  const text = flagOf(flags, 'secure-port') ?? '6443'
  const port = Number(text)
  if (!Number.isInteger(port))
    throw new FlagError(
      `Error: invalid argument ${quote(text)} for "--secure-port" flag: strconv.ParseInt: parsing ` +
        `${quote(text)}: invalid syntax`,
    )
  if (port < 1 || port > 65535)
    throw commandFailed(
      `--secure-port ${port} must be between 1 and 65535, inclusive. It cannot be turned off with 0`,
    )
  return port
}

function modesOf(flags: ProgramFlags): readonly AuthorizationMode[] {
  const names = listOf(flags, 'authorization-mode')
  return (names.length === 0 ? ['AlwaysAllow'] : names).map((name) => {
    if (!AUTHORIZATION_MODES.includes(name))
      throw commandFailed(`authorization-mode ${quote(name)} is not a valid mode`)
    if (name === 'Webhook') return authorizationWebhook(flags)
    if (name !== 'ABAC') return name as 'Node' | 'RBAC' | 'AlwaysAllow' | 'AlwaysDeny'
    const policies = fileOf(flags, 'authorization-policy-file')
    if (policies === undefined)
      throw commandFailed(
        'authorization-mode ABAC requires an authorization policy file: set --authorization-policy-file',
      )
    return { type: 'ABAC', policies }
  })
}

function pluginsOf(flags: ProgramFlags, note: (line: string) => void): Required<AdmissionChoice> {
  const chosen = (flag: string): readonly string[] =>
    listOf(flags, flag).filter((name) => {
      if (!ADMISSION_PLUGINS.includes(name)) throw commandFailed(`${flag} plugin ${quote(name)} is unknown`)
      if (!SIMULATED.has(name)) note(`simcluster kube-apiserver: --${flag}=${name} has no effect\n`)
      return SIMULATED.has(name)
    })
  const enable = chosen('enable-admission-plugins')
  // it is kubeadm that enables NodeRestriction, not the program
  const off = enable.includes('NodeRestriction') ? [] : ['NodeRestriction']
  return { enable, disable: [...off, ...chosen('disable-admission-plugins')] }
}

/** Source: pkg/kubeapiserver/options/authentication.go BuiltInAuthenticationOptions.Validate. */
function tokenTrustOf(
  flags: ProgramFlags,
): Pick<AuthenticationOptions, 'serviceAccountIssuers' | 'apiAudiences'> {
  // a comma is part of the issuer: several are given by several flags
  const issuers = (flags.get('service-account-issuer') ?? []).filter((issuer) => issuer !== '')
  const repeated = issuers.find((issuer, at) => issuers.indexOf(issuer) !== at)
  if (repeated !== undefined)
    throw commandFailed(`service-account-issuer ${quote(repeated)} is already specified`)
  const wrong = issuers.find((issuer) => issuer.includes(':') && !URL.canParse(issuer))
  if (wrong !== undefined)
    throw commandFailed(`service-account-issuer "${wrong}" contained a ':' but was not a valid URL`)
  const audiences = listOf(flags, 'api-audiences')
  return {
    ...(issuers.length === 0 ? {} : { serviceAccountIssuers: issuers }),
    ...(audiences.length === 0 ? {} : { apiAudiences: audiences }),
  }
}

/** The keys of service accounts as files of the cluster's PKI have them; undefined without the flags. */
export function serviceAccountKeys(flags: ProgramFlags): {
  readonly signing: string | undefined
  readonly verifying: string | undefined
} {
  const signing = fileOf(flags, 'service-account-signing-key-file')
  const paths = flags.get('service-account-key-file') ?? []
  const verifying = paths.map((path) => publicPem(fileOf(new Map([['path', [path]]]), 'path') ?? ''))
  return {
    signing:
      signing === undefined
        ? undefined
        : createPrivateKey(signing).export({ type: 'pkcs8', format: 'pem' }).toString(),
    verifying: verifying.length === 0 ? undefined : verifying.join(''),
  }
}

/** The key may come as a certificate, as a public key, or as the private key that it belongs to. */
function publicPem(pem: string): string {
  const key = pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem)
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
