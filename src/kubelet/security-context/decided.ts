/** Where a setting comes from; `runtime` is the container runtime's default. */
export type SettingSource = 'container' | 'pod' | 'annotation' | 'image' | 'runtime'

/** A setting of a container, and the rule that decided it. */
export interface Decided<T> {
  readonly value: T
  readonly from: SettingSource
  /** The deciding field (`spec.securityContext.runAsUser`), or the default rule. */
  readonly rule: string
}

/** Returns the first candidate with a value. */
export function firstOf<T>(
  ...candidates: readonly (Decided<T | undefined> | undefined)[]
): Decided<T> | undefined {
  const found = candidates.find((candidate) => candidate !== undefined && candidate.value !== undefined)
  return found as Decided<T> | undefined
}
