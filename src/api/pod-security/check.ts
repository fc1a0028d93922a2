import { quote } from '../../lang/go/quote.js'
import type { Pod, PodSpec } from '../core/generated.js'
import { containersOf, type AnyContainer } from '../core/pods/pod-containers.js'

/** A violation of a check. */
export interface CheckViolation {
  /** `hostPort`, `runAsNonRoot != true` */
  readonly reason: string
  /** `container "c" uses hostPort 80` */
  readonly detail: string
}

/** The part of a pod or template that checks use. */
export interface PodLike {
  readonly metadata?: Pick<Pod['metadata'], 'annotations'>
  readonly spec: PodSpec
}

/** Checks a pod under the rules of a minor (`Infinity` is `latest`). Returns undefined if it is allowed. */
export type PodSecurityCheck = (pod: PodLike, minor: number) => CheckViolation | undefined

/** Returns the names of the containers for which `isBad` holds. */
export function badContainers(pod: PodLike, isBad: (container: AnyContainer) => boolean): readonly string[] {
  return containersOf(pod)
    .filter(isBad)
    .map(({ name }) => name)
}

/** `"a", "b"` */
export function quoted(values: readonly string[]): string {
  return values.map(quote).join(', ')
}

/** `container "a"`, `containers "a", "b"` */
export function containersText(names: readonly string[]): string {
  return `${plural('container', names)} ${quoted(names)}`
}

/** Returns the word, with an s unless there is exactly one thing. */
export function plural(word: string, things: readonly unknown[]): string {
  return things.length === 1 ? word : `${word}s`
}

/** Returns the distinct values, sorted. */
export function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort()
}

/** Names those that set a field: the pod, some of its containers, or both, joined by `and`. */
export function setters(byPod: boolean, names: readonly string[]): string {
  return [...(byPod ? ['pod'] : []), ...(names.length > 0 ? [containersText(names)] : [])].join(' and ')
}

/** Whether the pod is for Windows, where settings of Linux do not apply. */
export function isWindows({ spec }: PodLike): boolean {
  return spec.os?.name === 'windows'
}
