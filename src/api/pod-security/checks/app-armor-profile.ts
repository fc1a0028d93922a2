import { containersOf, distinct, plural, quoted, setters, type Check } from '../check.js'

const ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/'
const ALLOWED: readonly (string | undefined)[] = [undefined, 'RuntimeDefault', 'Localhost']

const isAllowedValue = (value: string): boolean =>
  value === '' || value === 'runtime/default' || value.startsWith('localhost/')

/** Only the default AppArmor profile or one of the node's. Source: check_appArmorProfile.go. */
export const appArmorProfile: Check = (pod) => {
  const podType = pod.spec.securityContext?.appArmorProfile?.type
  const isBad = (type: string | undefined): boolean => !ALLOWED.includes(type)
  const containers = containersOf(pod).filter(({ securityContext }) =>
    isBad(securityContext?.appArmorProfile?.type),
  )
  const annotations = Object.entries(pod.metadata?.annotations ?? {}).filter(
    ([key, value]) => key.startsWith(ANNOTATION) && !isAllowedValue(value),
  )
  const values = distinct([
    ...(isBad(podType) ? [podType as string] : []),
    ...containers.map(({ securityContext }) => securityContext?.appArmorProfile?.type as string),
    ...annotations.map(([, value]) => value),
  ])
  if (values.length === 0) return undefined
  const who = [
    setters(
      isBad(podType),
      containers.map(({ name }) => name),
    ),
    annotations.length > 0 ? plural('annotation', annotations) : '',
  ]
  return {
    reason: plural('forbidden AppArmor profile', values),
    detail:
      `${who.filter((part) => part !== '').join(' and ')} must not set AppArmor profile type to ` +
      `${quoted(values)}`,
  }
}
