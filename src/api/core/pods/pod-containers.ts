import type { Container, EphemeralContainer, PodSpec } from '../generated.js'

/** Any container of a pod. */
export type AnyContainer = Container | EphemeralContainer

/**
 * Returns all containers of a pod: init, app, ephemeral. Source: podutil.VisitContainers and pod-security
 * policy/visitor.go.
 */
export function containersOf({ spec }: { readonly spec: PodSpec }): readonly AnyContainer[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
}
