import type { Container, Pod, SELinuxOptions } from '../../api/core/generated.js'
import type { Decided } from './decided.js'
import { firstOf } from './decided.js'

/** A seccomp or AppArmor profile. `localhostProfile` names a profile of the node. */
export interface Profile {
  readonly type: string
  readonly localhostProfile?: string
}

/** What profiles depend on besides the pod. */
export interface SecurityProfileOptions {
  /** Minor of the kubelet. */
  readonly minor: number
  /** `seccompDefault` of the kubelet's configuration. */
  readonly seccompDefault: boolean
}

const UNCONFINED: Profile = { type: 'Unconfined' }
const RUNTIME_DEFAULT: Profile = { type: 'RuntimeDefault' }

/** Last minor that read seccomp annotations. */
const LAST_SECCOMP_ANNOTATIONS = 26
const SECCOMP_OF_POD = 'seccomp.security.alpha.kubernetes.io/pod'
const SECCOMP_OF_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/'
const APPARMOR_OF_CONTAINER = 'container.apparmor.security.beta.kubernetes.io/'

type Named = Pick<Container, 'name' | 'securityContext'>

/** Source: pkg/kubelet/kuberuntime/helpers_linux.go getSeccompProfile. */
export function effectiveSeccomp(
  { metadata, spec }: Pod,
  { name, securityContext }: Named,
  { minor, seccompDefault }: SecurityProfileOptions,
): Decided<Profile> {
  if (securityContext?.privileged === true)
    return { value: UNCONFINED, from: 'container', rule: 'securityContext.privileged' }
  const noted = (key: string): Decided<Profile | undefined> | undefined =>
    minor > LAST_SECCOMP_ANNOTATIONS
      ? undefined
      : {
          value: profileOf(metadata.annotations?.[key]),
          from: 'annotation',
          rule: `metadata.annotations[${key}]`,
        }
  return (
    firstOf<Profile>(
      { value: securityContext?.seccompProfile, from: 'container', rule: 'securityContext.seccompProfile' },
      noted(SECCOMP_OF_CONTAINER + name),
      {
        value: spec.securityContext?.seccompProfile,
        from: 'pod',
        rule: 'spec.securityContext.seccompProfile',
      },
      noted(SECCOMP_OF_POD),
    ) ??
    (seccompDefault
      ? { value: RUNTIME_DEFAULT, from: 'runtime', rule: 'seccompDefault of the kubelet is true' }
      : { value: UNCONFINED, from: 'runtime', rule: 'seccompDefault of the kubelet is false' })
  )
}

/**
 * Source: pkg/security/apparmor/helpers.go GetProfile; without a request containerd applies its own profile.
 */
export function effectiveAppArmor(
  { metadata, spec }: Pod,
  { name, securityContext }: Named,
): Decided<Profile> {
  if (securityContext?.privileged === true)
    return { value: UNCONFINED, from: 'container', rule: 'securityContext.privileged' }
  const key = APPARMOR_OF_CONTAINER + name
  return (
    firstOf<Profile>(
      { value: securityContext?.appArmorProfile, from: 'container', rule: 'securityContext.appArmorProfile' },
      {
        value: profileOf(metadata.annotations?.[key]),
        from: 'annotation',
        rule: `metadata.annotations[${key}]`,
      },
      {
        value: spec.securityContext?.appArmorProfile,
        from: 'pod',
        rule: 'spec.securityContext.appArmorProfile',
      },
    ) ?? {
      value: RUNTIME_DEFAULT,
      from: 'runtime',
      rule: 'none is asked for: where the node has AppArmor, the runtime puts its default profile on',
    }
  )
}

/** The container's options replace the pod's as a whole. */
export function effectiveSELinux(
  { spec }: Pod,
  { securityContext }: Named,
): Decided<SELinuxOptions | undefined> {
  return (
    firstOf<SELinuxOptions>(
      { value: securityContext?.seLinuxOptions, from: 'container', rule: 'securityContext.seLinuxOptions' },
      {
        value: spec.securityContext?.seLinuxOptions,
        from: 'pod',
        rule: 'spec.securityContext.seLinuxOptions',
      },
    ) ?? { value: undefined, from: 'runtime', rule: 'none is asked for: the runtime chooses a context' }
  )
}

/** Parses `runtime/default`, `docker/default`, `unconfined`, `localhost/NAME`. */
function profileOf(text: string | undefined): Profile | undefined {
  if (text === undefined || text === '') return undefined
  if (text === 'runtime/default' || text === 'docker/default') return RUNTIME_DEFAULT
  if (text === 'unconfined') return UNCONFINED
  return text.startsWith('localhost/')
    ? { type: 'Localhost', localhostProfile: text.slice('localhost/'.length) }
    : undefined
}
