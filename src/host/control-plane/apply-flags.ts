import type { HostMachine } from '../machine/host-machine.js'
import type { SimCluster } from '../../cluster/sim-cluster.js'
import { openAuditLog } from './audit-log.js'
import { parseEncryption } from '../../apiserver/storage/encryption/configuration.js'
import type { ReadManifest } from './read-manifest.js'

type Options = SimCluster['internals']['options']
type Mode = Exclude<NonNullable<NonNullable<Options['access']>['authorization']>, readonly unknown[]>

/** Flags of kube-apiserver that change its behaviour here, with their values in kubeadm's manifest. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'authorization-mode': 'Node,RBAC',
  'authorization-policy-file': '',
  'token-auth-file': '',
  'anonymous-auth': 'true',
}

/**
 * Configures the starting apiserver as its flags say: authentication (`--token-auth-file`,
 * `--anonymous-auth`), authorization (`--authorization-mode`, ABAC's policy file), its audit log, and
 * encryption at rest (`--encryption-provider-config`). Flags with kubeadm's values leave the cluster's
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
  const heeded = JSON.stringify([values, fileOf('authorization-policy-file'), encryption])
  const before = state.heededFlags ?? JSON.stringify([DEFAULTS, '', ''])
  if (heeded === before) return
  state.heededFlags = heeded
  const {
    anonymous: _anonymous,
    tokenFile: _tokens,
    ...others
  } = cluster.internals.options.access?.authentication ?? {}
  cluster.rewind(cluster.snapshot(), {
    access: {
      encryption,
      authorization: modesFrom(values['authorization-mode'] ?? '', fileOf('authorization-policy-file')),
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
  const [values, policies, before] = JSON.parse(state.heededFlags) as readonly unknown[]
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
  state.heededFlags = JSON.stringify([values, policies, text])
  machine.cluster.rewind(machine.cluster.snapshot(), { access: { encryption: text } })
}

/** Leaves webhooks out: a webhook that is named in a file cannot be called here. */
function modesFrom(text: string, policies: string): Mode | readonly Mode[] {
  if (text === 'Node,RBAC') return 'RBAC'
  const modes = text.split(',').flatMap((name): readonly Mode[] => {
    if (name === 'ABAC') return [{ type: 'ABAC', policies }]
    return name === 'Node' || name === 'RBAC' || name === 'AlwaysAllow' || name === 'AlwaysDeny' ? [name] : []
  })
  return modes.length === 0 ? ['AlwaysDeny'] : modes
}
