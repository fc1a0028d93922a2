/** A group, '' for the core group, and a version. */
export interface GroupVersion {
  readonly group: string
  readonly version: string
}

/** A kind in one version of its group. */
export interface GroupVersionKind extends GroupVersion {
  readonly kind: string
}

/** Splits an apiVersion: `apps/v1` is group and version, `v1` is the core group. */
export function parseApiVersion(apiVersion: string): GroupVersion {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

/** `apps/v1`, or `v1` for the core group. */
export function formatApiVersion({ group, version }: GroupVersion): string {
  return group === '' ? version : `${group}/${version}`
}
