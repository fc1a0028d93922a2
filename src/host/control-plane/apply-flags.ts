import type { HostMachine } from '../machine/host-machine.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { openAuditLog } from './audit-log.js'
import { parseEncryption } from '../../apiserver/storage/encryption/configuration.js'
import { currentOf, parseKubeconfig, textOf } from '../../kubectl/call/kubeconfig-content.js'
import { hostnameOf, parseUrl, portOf } from '../../lang/go/url.js'
import { joinHostPort } from '../../lang/go/host-port.js'
import { handlerAt, originOf } from '../../apiserver/admission/extensions/call-webhook.js'
import type { AuthorizationWebhook } from '../../rbac/modes/webhook.js'
import { reviewByRules } from '../../rbac/modes/webhook-rules.js'
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
  'token-auth-file': '',
  'anonymous-auth': 'true',
}

/**
 * Configures the starting apiserver as its flags say: authentication (`--token-auth-file`,
 * `--anonymous-auth`), authorization (`--authorization-mode`, the files of ABAC and Webhook), its audit log,
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
  const files = {
    policies: fileOf('authorization-policy-file'),
    webhook: fileOf('authorization-webhook-config-file'),
  }
  const heeded = JSON.stringify([values, files, encryption])
  const before = state.heededFlags ?? JSON.stringify([DEFAULTS, { policies: '', webhook: '' }, ''])
  if (heeded === before) return
  state.heededFlags = heeded
  const { access = {} } = cluster.internals.options
  const { anonymous: _anonymous, tokenFile: _tokens, ...others } = access.authentication ?? {}
  const modes = values['authorization-mode'] ?? ''
  cluster.rewind(cluster.snapshot(), {
    access: {
      encryption,
      authorization: modesFrom(modes, files, access.authorizationWebhooks ?? {}),
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

/** Returns the authorizers of `--authorization-mode`, with the contents of the files that they read. */
function modesFrom(
  text: string,
  files: { readonly policies: string; readonly webhook: string },
  webhooks: AuthorizationWebhooks,
): Mode | readonly Mode[] {
  if (text === 'Node,RBAC') return 'RBAC'
  return text.split(',').map((name): Mode => {
    if (name === 'ABAC') return { type: 'ABAC', policies: files.policies }
    if (name === 'Webhook') return { type: 'Webhook', review: reviewerIn(files.webhook, webhooks) }
    if (name === 'Node' || name === 'RBAC' || name === 'AlwaysAllow') return name
    // an invalid mode has stopped the apiserver before
    return 'AlwaysDeny'
  })
}

/** The webhook that listens at a URL; undefined if none does. */
export function authorizationService(
  webhooks: AuthorizationWebhooks,
  url: string,
): AuthorizationWebhook | undefined {
  const found = handlerAt(webhooks, url)
  return typeof found === 'object' ? reviewByRules(found) : found
}

/** Returns what stands in for the server of a kubeconfig; without it, calls fail as if nothing listened. */
function reviewerIn(kubeconfig: string, webhooks: AuthorizationWebhooks): AuthorizationWebhooks[string] {
  const url = textOf(currentOf(parseKubeconfig(kubeconfig, '')).cluster, 'server')
  const found = handlerAt(webhooks, url)
  if (found !== undefined) return found
  const parsed = parseUrl(url)
  const address = joinHostPort(hostnameOf(parsed), portOf(parsed) || '443')
  const isUnset = Object.keys(webhooks).length === 0
  const option = `{ access: { authorizationWebhooks: { '${originOf(url)}': review } } }`
  return () => {
    throw new Error(
      `Post ${JSON.stringify(`${url}?timeout=30s`)}: dial tcp ${address}: connect: connection refused` +
        (isUnset ? ` (give the server as a function: ${option})` : ''),
    )
  }
}
