import type { SimCluster } from '../../cluster/sim-cluster.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { ReadManifest } from './read-manifest.js'

type Options = SimCluster['internals']['options']
type Mode = Exclude<NonNullable<Options['authorization']>, readonly unknown[]>

/** Flags of kube-apiserver that change what it does, and their values in kubeadm's manifest. */
const DEFAULTS: Readonly<Record<string, string>> = {
  'authorization-mode': 'Node,RBAC',
  'authorization-policy-file': '',
  'token-auth-file': '',
  'anonymous-auth': 'true',
}

/**
 * Lets the apiserver that starts do what its flags say: who may come in (`--token-auth-file`,
 * `--anonymous-auth`) and who may do what (`--authorization-mode`, ABAC's policy file). Flags that stand as
 * kubeadm writes them leave the options of the cluster as they are.
 */
export function heedFlags(machine: HostMachine, { flags, onMachine }: ReadManifest): void {
  const {
    cluster,
    hosts: { state },
  } = machine
  const fileOf = (flag: string): string => {
    const path = flags.get(flag)
    return path === undefined ? '' : (machine.files.text(onMachine(path) ?? path) ?? '')
  }
  const tokens = flags.get('token-auth-file')
  // the apiserver reads the file when it starts
  if (tokens !== undefined) cluster.pki.write(tokens, fileOf('token-auth-file'))
  const values = Object.fromEntries(
    Object.entries(DEFAULTS).map(([name, usual]) => [
      name,
      flags.get(name) ?? (name === 'authorization-mode' ? 'AlwaysAllow' : usual),
    ]),
  )
  const heeded = JSON.stringify([values, fileOf('authorization-policy-file')])
  const before = state.heededFlags ?? JSON.stringify([DEFAULTS, ''])
  if (heeded === before) return
  state.heededFlags = heeded
  const {
    anonymous: _anonymous,
    tokenFile: _tokens,
    ...others
  } = cluster.internals.options.authentication ?? {}
  cluster.rewind(cluster.snapshot(), {
    authorization: modesFrom(values['authorization-mode'] ?? '', fileOf('authorization-policy-file')),
    authentication: {
      ...others,
      ...(values['anonymous-auth'] === 'false' ? { anonymous: false } : {}),
      ...(tokens === undefined ? {} : { tokenFile: tokens }),
    },
  })
}

/** A webhook that is named in a file cannot be asked here: it is left out. */
function modesFrom(text: string, policies: string): NonNullable<Options['authorization']> {
  if (text === 'Node,RBAC') return 'RBAC'
  const modes = text.split(',').flatMap((name): readonly Mode[] => {
    if (name === 'ABAC') return [{ type: 'ABAC', policies }]
    return name === 'Node' || name === 'RBAC' || name === 'AlwaysAllow' || name === 'AlwaysDeny' ? [name] : []
  })
  return modes.length === 0 ? ['AlwaysDeny'] : modes
}
