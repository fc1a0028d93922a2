import type { HostMachine } from '../machine/host-machine.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { openAuditLog } from './audit-log.js'
import { parseEncryption } from '../../apiserver/storage/encryption/configuration.js'
import { currentOf, parseKubeconfig, textOf } from '../../kubectl/call/kubeconfig-content.js'
import { hostnameOf, parseUrl, portOf } from '../../lang/go/url.js'
import { joinHostPort } from '../../lang/go/host-port.js'
import { handlerAt, originOf } from '../../apiserver/admission/extensions/call-webhook.js'
import {
  type ConfiguredAuthorizer,
  type ConfiguredWebhook,
  parseAuthorization,
} from '../../apiserver/authorization/configuration.js'
import { conditionFault } from '../../rbac/modes/access-conditions.js'
import {
  type AuthorizationWebhook,
  DECISIONS,
  type KeptDecisions,
  reviewerOf,
} from '../../rbac/modes/webhook.js'
import type { ReadManifest } from './read-manifest.js'

type Options = SimCluster['internals']['options']
type Access = NonNullable<Options['access']>
type Mode = Exclude<NonNullable<Access['authorization']>, readonly unknown[]>
type AuthorizationWebhooks = NonNullable<Access['authorizationWebhooks']>

/** Flags of kube-apiserver that change its behaviour here, with their values in kubeadm's manifest. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'authorization-mode': 'Node,RBAC',
  'authorization-policy-file': '',
  'authorization-webhook-config-file': '',
  'authorization-webhook-cache-authorized-ttl': '5m0s',
  'authorization-webhook-cache-unauthorized-ttl': '30s',
  'authorization-config': '',
  'token-auth-file': '',
  'anonymous-auth': 'true',
}

/**
 * Configures the starting apiserver as its flags say: authentication (`--token-auth-file`,
 * `--anonymous-auth`), authorization (`--authorization-mode`, `--authorization-config`, and the files of ABAC
 * and Webhook), its audit log,
 * and encryption at rest (`--encryption-provider-config`). Flags with kubeadm's values leave the cluster's
 * options unchanged.
 */
export function applyFlags(machine: HostMachine, manifest: ReadManifest): void {
  const {
    cluster,
    hosts: { state },
  } = machine
  const { flags, onMachine } = manifest
  const fileOf = (flag: string): string => {
    const path = flags.get(flag)
    return path === undefined ? '' : (machine.files.text(onMachine(path) ?? path) ?? '')
  }
  const tokens = flags.get('token-auth-file')
  // the apiserver reads the file only once, at its start
  if (tokens !== undefined) cluster.pki.write(tokens, fileOf('token-auth-file'))
  const values = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, usual]) => [
      name,
      flags.get(name) ?? (name === 'authorization-mode' ? 'AlwaysAllow' : usual),
    ]),
  )
  const encryption = fileOf('encryption-provider-config')
  state.auditLog = openAuditLog(machine, manifest)
  const authorizers = authorizersIn(fileOf('authorization-config'))
  const textAt = (path: string): string => machine.files.text(onMachine(path) ?? path) ?? ''
  const files: AuthorizationFiles = {
    policies: fileOf('authorization-policy-file'),
    webhook: fileOf('authorization-webhook-config-file'),
    authorizers,
    kubeconfigs: authorizers.map((each) =>
      each.type === 'Webhook' ? textAt(each.webhook.kubeConfigFile ?? ADMIN) : '',
    ),
  }
  const heeded = JSON.stringify([values, files, encryption])
  const before = state.heededFlags ?? JSON.stringify([DEFAULTS, NO_FILES, ''])
  if (heeded === before) return
  state.heededFlags = heeded
  const { access = {} } = cluster.internals.options
  const { anonymous: _anonymous, tokenFile: _tokens, ...others } = access.authentication ?? {}
  const authorization = modesFrom(values, files, access.authorizationWebhooks ?? {})
  // an apiserver that starts has decided nothing yet
  if (typeof authorization !== 'string')
    cluster.internals.extensionState<KeptDecisions>(DECISIONS, () => new Map()).value.clear()
  cluster.rewind(cluster.snapshot(), {
    access: {
      encryption,
      authorization,
      authentication: {
        ...others,
        ...(values['anonymous-auth'] === 'false' ? { anonymous: false } : {}),
        ...(tokens === undefined ? {} : { tokenFile: tokens }),
      },
    },
  })
}

/**
 * Reads the file of `--encryption-provider-config` again, for a running apiserver with
 * `--encryption-provider-config-automatic-reload`; it keeps what it has if the file is wrong.
 */
export function reloadEncryption(machine: HostMachine, { flags, onMachine }: ReadManifest): void {
  const { state } = machine.hosts
  const path = flags.get('encryption-provider-config')
  const isOn = flags.get('encryption-provider-config-automatic-reload') === 'true'
  if (path === undefined || !isOn || state.heededFlags === undefined) return
  const text = machine.files.text(onMachine(path) ?? path) ?? ''
  const [values, files, before] = JSON.parse(state.heededFlags) as readonly unknown[]
  if (text === before || text === state.refusedEncryption) return
  try {
    parseEncryption(text, path)
  } catch (error) {
    state.refusedEncryption = text
    const why = error instanceof Error ? error.message : String(error)
    machine.log(
      'kube-apiserver',
      'E',
      'controller.go:170',
      `"failed to process encryption config" err=${JSON.stringify(why)}`,
    )
    return
  }
  delete state.refusedEncryption
  state.heededFlags = JSON.stringify([values, files, text])
  machine.cluster.rewind(machine.cluster.snapshot(), { access: { encryption: text } })
}

/** The contents of the files that authorizers read. */
interface AuthorizationFiles {
  readonly policies: string
  readonly webhook: string
  /** Those of `--authorization-config`. */
  readonly authorizers: readonly ConfiguredAuthorizer[]
  /** The kubeconfig of each of them that is a webhook. */
  readonly kubeconfigs: readonly string[]
}

const NO_FILES: AuthorizationFiles = { policies: '', webhook: '', authorizers: [], kubeconfigs: [] }
/** A kubeconfig with the address of the apiserver itself. */
const ADMIN = '/etc/kubernetes/admin.conf'

/** Reads the authorizers of a file; a file that is wrong has stopped the apiserver before. */
const authorizersIn = (config: string): readonly ConfiguredAuthorizer[] =>
  config === '' ? [] : parseAuthorization(config, conditionFault)

/** Returns the authorizers of `--authorization-mode` or `--authorization-config`. */
function modesFrom(
  flags: Readonly<Record<string, string>>,
  files: AuthorizationFiles,
  webhooks: AuthorizationWebhooks,
): Mode | readonly Mode[] {
  const text = flags['authorization-mode'] ?? ''
  const names = files.authorizers.map(({ type }) => type)
  if ((names.length === 0 ? text : names.join(',')) === 'Node,RBAC') return 'RBAC'
  if (names.length > 0)
    return files.authorizers.map((each, at) =>
      each.type === 'Webhook'
        ? webhookMode(each.webhook, files.kubeconfigs[at] ?? '', webhooks)
        : modeOf(each.type, files),
    )
  return text
    .split(',')
    .map((name) =>
      name === 'Webhook'
        ? webhookMode(
            {
              authorizedTTL: flags['authorization-webhook-cache-authorized-ttl'] ?? '',
              unauthorizedTTL: flags['authorization-webhook-cache-unauthorized-ttl'] ?? '',
            },
            files.webhook,
            webhooks,
          )
        : modeOf(name, files),
    )
}

function modeOf(name: string, { policies }: AuthorizationFiles): Mode {
  if (name === 'ABAC') return { type: 'ABAC', policies }
  if (name === 'Node' || name === 'RBAC' || name === 'AlwaysAllow') return name
  // an invalid mode has stopped the apiserver before
  return 'AlwaysDeny'
}

function webhookMode(
  webhook: Partial<ConfiguredWebhook> & Pick<ConfiguredWebhook, 'authorizedTTL' | 'unauthorizedTTL'>,
  kubeconfig: string,
  webhooks: AuthorizationWebhooks,
): Mode {
  const { kubeConfigFile: _file, ...settings } = webhook
  const url = textOf(currentOf(parseKubeconfig(kubeconfig, '')).cluster, 'server')
  return { type: 'Webhook', review: serverAt(url, settings.timeout ?? '30s', webhooks), url, ...settings }
}

/** The webhook that listens at a URL; undefined if none does. */
export function authorizationService(
  webhooks: AuthorizationWebhooks,
  url: string,
): AuthorizationWebhook | undefined {
  const found = handlerAt(webhooks, url)
  return found === undefined || 'error' in found ? undefined : reviewerOf(found)
}

/** Returns what stands in for the server at a URL; without it, calls fail as if nothing listened. */
function serverAt(
  url: string,
  timeout: string,
  webhooks: AuthorizationWebhooks,
): AuthorizationWebhooks[string] {
  const found = handlerAt(webhooks, url)
  if (found !== undefined) return found
  const parsed = parseUrl(url)
  const address = joinHostPort(hostnameOf(parsed), portOf(parsed) || '443')
  const isUnset = Object.keys(webhooks).length === 0
  const option = `{ access: { authorizationWebhooks: { '${originOf(url)}': review } } }`
  return {
    error:
      `Post ${JSON.stringify(`${url}?timeout=${timeout}`)}: ` +
      `dial tcp ${address}: connect: connection refused` +
      (isUnset ? ` (give the server as a function: ${option})` : ''),
  }
}
