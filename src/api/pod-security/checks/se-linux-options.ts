import type { SELinuxOptions } from '../../core/generated.js'
import { containersOf, distinct, plural, quoted, setters, type Check } from '../check.js'

const ALLOWED = ['', 'container_t', 'container_init_t', 'container_kvm_t']
const ENGINE = 'container_engine_t'

/** Only the types of containers, no user and no role. Source: check_seLinuxOptions.go. */
export const seLinuxOptions: Check = (pod, minor) => {
  const allowed = minor >= 31 ? [...ALLOWED, ENGINE] : ALLOWED
  const isBad = (options: SELinuxOptions | undefined): boolean =>
    options !== undefined &&
    (!allowed.includes(options.type ?? '') || (options.user ?? '') !== '' || (options.role ?? '') !== '')
  const ofPod = pod.spec.securityContext?.seLinuxOptions
  const bad = containersOf(pod).filter(({ securityContext }) => isBad(securityContext?.seLinuxOptions))
  const who = setters(
    isBad(ofPod),
    bad.map(({ name }) => name),
  )
  if (who === '') return undefined
  const options = [
    ...(isBad(ofPod) ? [ofPod] : []),
    ...bad.map(({ securityContext }) => securityContext?.seLinuxOptions),
  ]
  const types = distinct(
    options.flatMap((one) => (allowed.includes(one?.type ?? '') ? [] : [one?.type ?? ''])),
  )
  const faults = [
    ...(types.length > 0 ? [`${plural('type', types)} ${quoted(types)}`] : []),
    ...(options.some((one) => (one?.user ?? '') !== '') ? ['user may not be set'] : []),
    ...(options.some((one) => (one?.role ?? '') !== '') ? ['role may not be set'] : []),
  ]
  return {
    reason: 'seLinuxOptions',
    detail: `${who} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')}`,
  }
}
