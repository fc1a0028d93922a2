/** Where a setting comes from; `runtime` is what the container runtime does when nobody asks for anything. */
export type SettingSource = 'container' | 'pod' | 'annotation' | 'image' | 'runtime'

/** A setting of a container with the rule that decided it. */
export interface Decided<T> {
  readonly value: T
  readonly from: SettingSource
  /** The field that said so, or what holds where none does: `spec.securityContext.runAsUser`. */
  readonly rule: string
}

/** The first of several places that says anything. */
export function firstOf<T>(
  ...candidates: readonly (Decided<T | undefined> | undefined)[]
): Decided<T> | undefined {
  const found = candidates.find((candidate) => candidate !== undefined && candidate.value !== undefined)
  return found as Decided<T> | undefined
}
