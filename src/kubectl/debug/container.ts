import type { Container, SecurityContext } from '../../api/core/generated.js'
import type { Call } from '../call.js'
import { KubectlError } from '../errors.js'

/** What a debugging container is for. */
export type DebugStyle = 'ephemeral' | 'copy' | 'node'

const PROFILES: readonly string[] = ['legacy', 'general', 'baseline', 'netadmin', 'restricted', 'sysadmin']

/** Whether there is a profile of that name. */
export const isProfile = (name: string): boolean => PROFILES.includes(name)

/**
 * The container that flags ask for, with what its profile allows. Source: kubectl pkg/cmd/debug/profiles.go.
 */
export function debugContainer(
  { flags }: Call,
  name: string,
  command: readonly string[],
  style: DebugStyle,
): Container {
  const policy = flags.string('image-pull-policy')
  const security = securityContext(flags.string('profile'), style)
  const env = flags.strings('env').map((text) => {
    const at = text.indexOf('=')
    if (at <= 0) throw new KubectlError(`invalid env: ${text}`)
    return { name: text.slice(0, at), value: text.slice(at + 1) }
  })
  return {
    name,
    image: flags.string('image'),
    ...(command.length === 0 ? {} : flags.bool('arguments-only') ? { args: command } : { command }),
    ...(env.length === 0 ? {} : { env }),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    ...(security === undefined ? {} : { securityContext: security }),
    ...(flags.bool('stdin') ? { stdin: true } : {}),
    ...(flags.bool('tty') ? { tty: true } : {}),
    terminationMessagePolicy: 'File',
  } as unknown as Container
}

function securityContext(profile: string, style: DebugStyle): SecurityContext | undefined {
  switch (profile) {
    case 'general':
      return style === 'node' ? undefined : { capabilities: { add: ['SYS_PTRACE'] } }
    case 'restricted':
      return {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      }
    case 'netadmin':
      return { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } }
    case 'sysadmin':
      return { privileged: true }
    default:
      return undefined
  }
}
