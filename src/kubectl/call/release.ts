import { InputError } from '../../lang/input-error.js'

/** Texts and flags of kubectl that changed between minors. */
export interface KubectlRelease {
  readonly minor: number
  /**
   * The drain of 1.14 and older: groups joined by `; `, `node/x evicted`, one node's failure ends the
   * command.
   */
  readonly oldDrain: boolean
  /** Name of the flag that lets drain delete pods with emptyDir volumes. */
  readonly emptyDirFlag: 'delete-local-data' | 'delete-emptydir-data'
  /** ` from default namespace` after `deleted`. */
  readonly namesNamespaceOnDelete: boolean
  /** `No resources found in default namespace.`; before that `No resources found.` */
  readonly namesNamespaceWhenEmpty: boolean
  /** `Warning: ` before kubectl's own warnings; older releases print `warning: `. */
  readonly warningPrefix: 'Warning: ' | 'warning: '
  /** `not labeled` and `unlabeled`; before that `not labeled` and `labeled`. */
  readonly saysUnlabeled: boolean
  /** `Client Version: v1.35.2`; older releases print Go's dump of the whole version. */
  readonly shortVersion: boolean
  /** `spec.containers{web}: ` before the message of an event about a part of its object. */
  readonly namesFieldOfEvents: boolean
  /** `describe serviceaccount` lists mountable secrets, and those with tokens. */
  readonly describesAccountTokens: boolean
  /** Version of the kustomize in kubectl. */
  readonly kustomize: string
  /** Whether kubectl warns about a short name that two kinds share. */
  readonly warnsOfShortNames: boolean
  /** Whether `--dry-run` takes a value; older releases have a switch. */
  readonly namesDryRun: boolean
}

const KUSTOMIZE: readonly (readonly [minor: number, version: string])[] = [
  [34, 'v5.7.1'],
  [33, 'v5.6.0'],
  [32, 'v5.5.0'],
  [31, 'v5.4.2'],
  [29, 'v5.0.4-0.20230601165947-6ce0bf390ce3'],
  [0, 'v4.5.7'],
]

/** Minor of `v1.35` or `v1.35.2`. Throws InputError for an invalid version. */
export function minorOf(version: string): number {
  const minor = /^v?1\.(\d+)/.exec(version)?.[1]
  if (minor === undefined) throw new InputError(`not a Kubernetes version: ${version} (write v1.35)`)
  return Number(minor)
}

/** Returns the texts and flags of kubectl in that version. */
export function releaseOf(version: string): KubectlRelease {
  const minor = minorOf(version)
  return {
    minor,
    oldDrain: minor < 15,
    emptyDirFlag: minor < 20 ? 'delete-local-data' : 'delete-emptydir-data',
    namesNamespaceOnDelete: minor >= 34,
    namesNamespaceWhenEmpty: minor >= 17,
    warningPrefix: minor < 22 ? 'warning: ' : 'Warning: ',
    saysUnlabeled: minor >= 20,
    shortVersion: minor >= 28,
    describesAccountTokens: minor < 34,
    namesFieldOfEvents: minor >= 35,
    warnsOfShortNames: minor >= 27,
    namesDryRun: minor >= 18,
    kustomize: KUSTOMIZE.find(([from]) => minor >= from)?.[1] as string,
  }
}
